"""Views of the catalogue; only `urls` reads them."""
