"""The settings of the runs that trained the shipped networks; ``graphdnc train NAME`` finds them here."""
