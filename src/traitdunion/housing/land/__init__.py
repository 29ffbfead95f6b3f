"""Land: parcels by their cadastral reference, how they are acquired, what pays for them."""
