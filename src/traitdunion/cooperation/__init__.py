"""From the half-day of cooperation to the roadmap: session, ideas, decisions, actions, pledges."""
