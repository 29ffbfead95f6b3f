"""What the observatory gives away: packages of open data, documents, a feed."""
