"""Where a training computes: the processor, or an accelerator that torch can reach."""

from __future__ import annotations

import torch

CPU = "cpu"
DEVICES = (CPU, "cuda", "mps")


class DeviceError(ValueError):
    """A device that is not there: which, and what to do."""


def available(name: str) -> torch.device:
    """Raises DeviceError where torch has no such device here."""
    if name not in DEVICES:
        raise DeviceError(f"{name!r} is no device to train on: choose one of {', '.join(DEVICES)}.")
    there = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}
    if name in there and not there[name]():
        raise DeviceError(
            f"torch {torch.__version__} finds no {name} device here: train with --device cpu, or install a "
            f"torch that is built for the device and its driver."
        )
    return torch.device(name)


def described(device: torch.device) -> str:
    """The device as a card names it: its kind, and an accelerator's make."""
    return f"cuda, {torch.cuda.get_device_name(device)}" if device.type == "cuda" else device.type


def training_precision(device: torch.device | None = None) -> torch.dtype:
    """bfloat16 where the device (default: the processor) multiplies it natively, else float32."""
    if device is None or device.type == CPU:
        capabilities = torch.cpu.get_capabilities()
        fast = capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")
    else:
        fast = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return torch.bfloat16 if fast else torch.float32
