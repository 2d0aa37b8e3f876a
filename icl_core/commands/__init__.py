"""The commands of `python -m icl_core`, a module each; adding one is a file and a line here."""

from icl_core.commands import claims, cluster, curve, figure, models, train, zoo

COMMANDS = (models, curve, train, zoo, claims, figure, cluster)

__all__ = ["COMMANDS"]
