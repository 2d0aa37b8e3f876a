"""Architectures that learn in context: a decoder-only transformer and one layer of linear self-attention."""

from icl_core.models.linear_attention import LinearAttention, LinearAttentionNetwork
from icl_core.models.network import InContextNetwork
from icl_core.models.transformer import Transformer, TransformerNetwork

__all__ = [
    "InContextNetwork",
    "LinearAttention",
    "LinearAttentionNetwork",
    "Transformer",
    "TransformerNetwork",
]
