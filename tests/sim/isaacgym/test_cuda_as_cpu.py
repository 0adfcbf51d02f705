from pathlib import Path

import pytest
import torch

from canter.sim.isaacgym.cuda_as_cpu import CudaAsCpu, means_cuda

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="with CUDA, cuda means CUDA")


@pytest.mark.parametrize("device", ["cuda", "cuda:0", torch.device("cuda:1"), 0])
def test_tensors_and_modules_land_on_the_cpu(device: str) -> None:
    with CudaAsCpu():
        tensor = torch.zeros(2, device=device)
        made = [tensor, tensor.to(device), tensor.to(device, torch.int32), tensor.cuda()]
        made += [torch.arange(3, device=device), torch.tensor([1.0], device=device)]
        made += [*torch.nn.Linear(2, 2, device=device).parameters()]
        made += [*torch.nn.Linear(2, 2).to(device).parameters()]
        made += [*torch.nn.Linear(2, 2).cuda().parameters()]
    assert {part.device.type for part in made} == {"cpu"}
    assert made[2].dtype == torch.int32


@pytest.mark.parametrize("value", ["cpu", "mps", "meta", torch.device("cpu"), None, True, "cuda!"])
def test_other_arguments_pass(value: object) -> None:
    assert not means_cuda(value)


def test_numbers_and_strings_that_are_no_device_pass() -> None:
    with CudaAsCpu():
        assert torch.einsum("i,i->", torch.ones(2), torch.ones(2)).item() == 2
        assert torch.ones(2, 3).sum(0).tolist() == [2, 2, 2]
        assert torch.zeros(1, device="meta").device.type == "meta"


def test_one_line_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    with CudaAsCpu():
        torch.zeros(1, device="cpu")
        assert capsys.readouterr().err == ""
        torch.zeros(1, device="cuda:0")
        torch.zeros(1).cuda()
    assert capsys.readouterr().err == (
        "canter: no CUDA here; device cuda:0 and its like mean the CPU\n"
    )


def test_loading_asks_for_the_cpu_and_the_loaders_come_back(tmp_path: Path) -> None:
    load = torch.load
    file = tmp_path / "tensor.pt"
    torch.save({"x": torch.ones(2)}, file)
    with CudaAsCpu():
        for options in ({}, {"map_location": "cuda:0"}, {"map_location": torch.device("cuda")}):
            assert torch.load(file, **options)["x"].device.type == "cpu"
    assert torch.load is load
    with pytest.raises(AssertionError):  # outside, torch itself refuses
        torch.zeros(1, device="cuda")
