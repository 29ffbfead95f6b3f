"""Sign-in by OpenID Connect: the protocol, its settings, its pages."""
