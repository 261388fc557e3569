"""Layers and optimizers of PyTorch and torchvision: outputs, gradients, and weights after some steps.

Everything is computed in float64 from float32 input, and laid out as LossKit has it: maps as image,
row, column, channel; factors of convolutions as row, column, input, output.
"""

from pathlib import Path

import torch
from safetensors_file import write_safetensors
from torch import Tensor
from torch.nn import functional
from torchvision.ops import roi_align

tensors: dict[str, Tensor] = {}
cases: dict[str, dict[str, object]] = {}


def random(*shape: int, scale: float = 1.0) -> Tensor:
    """Random numbers that float32 holds exactly."""
    return (torch.randn(*shape) * scale).to(torch.float32)


def leaf(tensor: Tensor) -> Tensor:
    return tensor.to(torch.float64).requires_grad_()


def channels_last(maps: Tensor) -> Tensor:
    return maps.permute(0, 2, 3, 1)


def save(case: str, parameters: dict[str, object] | None = None, **values: Tensor) -> None:
    for name, tensor in values.items():
        tensors[f"{case}/{name}"] = tensor.detach().to(torch.float32)
    cases[case] = parameters or {}


def gradient(output: Tensor, *inputs: Tensor) -> tuple[Tensor, list[Tensor]]:
    """A random gradient by the output, and the gradients by the inputs that it leads to."""
    by_output = random(*output.shape)
    return by_output, list(torch.autograd.grad(output, inputs, by_output.to(torch.float64)))


def convolution(case: str, images: int, size: tuple[int, int], channels: tuple[int, int],
                stride: int) -> None:
    x = leaf(random(images, channels[0], *size))
    w = leaf(random(channels[1], channels[0], 3, 3, scale=0.2))
    y = functional.conv2d(x, w, stride=stride, padding=1)
    dy, (dx, dw) = gradient(y, x, w)
    save(case, {"stride": stride}, input=channels_last(x), weights=w.permute(2, 3, 1, 0),
         output=channels_last(y), output_gradient=channels_last(dy),
         input_gradient=channels_last(dx), weights_gradient=dw.permute(2, 3, 1, 0))


def batch_normalization(case: str) -> None:
    x = leaf(random(3, 32, 5, 6, scale=2.0) + 1)
    scale, shift = leaf(random(32) + 1), leaf(random(32))
    mean, variance = random(32).double(), random(32).abs().double() + 0.5
    running_mean, running_variance = mean.clone(), variance.clone()
    y = functional.relu(functional.batch_norm(
        x, running_mean, running_variance, scale, shift, training=True))
    dy, (dx, dscale, dshift) = gradient(y, x, scale, shift)
    inference = functional.relu(functional.batch_norm(x, mean, variance, scale, shift))
    save(case, input=channels_last(x), scale=scale, shift=shift, mean=mean, variance=variance,
         output=channels_last(y), output_gradient=channels_last(dy),
         input_gradient=channels_last(dx), scale_gradient=dscale, shift_gradient=dshift,
         new_mean=running_mean, new_variance=running_variance,
         inference=channels_last(inference))


def fully_connected(case: str) -> None:
    x, w, b = leaf(random(21, 50)), leaf(random(50, 37, scale=0.2)), leaf(random(37))
    y = x @ w + b
    dy, (dx, dw, db) = gradient(y, x, w, b)
    save(case, input=x, weights=w, bias=b, output=y, output_gradient=dy, input_gradient=dx,
         weights_gradient=dw, bias_gradient=db)


def regions(case: str, size: int, samples: int) -> None:
    stride = 8
    x = leaf(random(2, 16, 9, 11))
    corners = torch.rand(14, 4) * torch.tensor([70.0, 60.0, 70.0, 60.0])
    low, high = torch.minimum(corners[:, :2], corners[:, 2:]), torch.maximum(
        corners[:, :2], corners[:, 2:])
    boxes = torch.cat([low, high], dim=1)
    # Over the border, all of the map, thin, and small.
    boxes[0] = torch.tensor([-20.0, -10.0, 30.0, 40.0])
    boxes[1] = torch.tensor([60.0, 50.0, 120.0, 100.0])
    boxes[2] = torch.tensor([0.0, 0.0, 88.0, 72.0])
    boxes[3] = torch.tensor([10.0, 20.0, 10.5, 60.0])
    image = torch.tensor([0.0] * 8 + [1.0] * 6)
    rois = torch.cat([image[:, None], boxes], dim=1).double()
    y = roi_align(x, rois, size, 1 / stride, samples, aligned=True)
    dy, (dx,) = gradient(y, x)
    save(case, {"stride": stride, "size": size, "samples": samples}, input=channels_last(x),
         boxes=boxes, output=channels_last(y), output_gradient=channels_last(dy),
         input_gradient=channels_last(dx))


def optimizer(case: str, make: type[torch.optim.Optimizer], **settings: object) -> None:
    w = random(40).double().requires_grad_()
    rule = make([w], **settings)
    start = w.detach().clone()
    gradients = []
    for _ in range(5):
        w.grad = random(40).double()
        gradients.append(w.grad.clone())
        rule.step()
    save(case, {key: list(value) if isinstance(value, tuple) else value
                for key, value in settings.items()},
         start=start, gradients=torch.stack(gradients), end=w)


torch.manual_seed(5)
torch.set_num_threads(1)
convolution("convolution.small", 2, (5, 7), (16, 16), 1)
convolution("convolution.colours", 2, (12, 10), (3, 32), 2)
convolution("convolution.odd", 1, (7, 9), (16, 48), 2)
convolution("convolution.wide", 1, (4, 6), (32, 40), 1)
batch_normalization("batch_normalization")
fully_connected("fully_connected")
regions("roi_align.usual", 7, 2)
regions("roi_align.fine", 3, 4)
optimizer("sgd", torch.optim.SGD, lr=0.1, momentum=0.9, weight_decay=0.05)
optimizer("adam", torch.optim.Adam, lr=0.01, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.05)
optimizer("adamw", torch.optim.AdamW, lr=0.01, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.05)
write_safetensors(Path(__file__).with_name("layers.safetensors"), tensors, {"cases": cases})
