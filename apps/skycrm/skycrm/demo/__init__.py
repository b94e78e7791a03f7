"""A believable Vietnamese business for showing the product; no product code imports it."""
