"""What a person may use: conditions, zones, availability, aids, exclusions."""
