"""The commands of `python -m icl_core`, a module each; adding one is a file and a line here."""

from icl_core.commands import claims, cluster, curve, figure, import_model, models, sweep, train, zoo

COMMANDS = (models, curve, train, zoo, claims, figure, sweep, import_model, cluster)

__all__ = ["COMMANDS"]
