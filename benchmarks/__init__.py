"""Speed and memory, as ratios in one run to a named peer, answers checked equal first."""
