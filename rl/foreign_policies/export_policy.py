"""``canter policy export``: our policy files as TorchScript, and in unitree_rl_lab's layout."""

import io
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from rich.console import Console

from canter.control.errors import CanterError
from canter.control.files import write_bytes, write_text
from canter.control.policy.compatibility import ACTION_OUTPUT, OBSERVATION_INPUT
from canter.control.session import OnnxSession
from canter.rl.foreign_policies.deploy_yaml import deploy_yaml, of_canter_alone
from canter.rl.foreign_policies.options import PolicyExport
from canter.rl.foreign_policies.torch_module import traced
from canter.sim.robots.registry import robot

CONTRACT_FILE = "contract.json"
"""Name of the contract inside a TorchScript file (``torch.jit.load``'s ``_extra_files``)."""
LAB_OUTPUT = "actions"
"""What unitree_rl_lab's deployment calls the output; the input is ``obs``, as here."""
TOLERANCE = 1e-4


def clipped_graph(policy: Path, action_clip: tuple[float, float]) -> onnx.ModelProto:
    """Return a policy's graph whose output is the clipped action, for one robot.

    Our runtime clips actions before it scales and remembers them; other programs do not.
    """
    model = onnx.load(policy)
    del model.metadata_props[:]
    graph = model.graph
    names = ("lowest_action", "highest_action")
    graph.initializer.extend(
        numpy_helper.from_array(np.array(value, np.float32), name)
        for name, value in zip(names, action_clip, strict=True)
    )
    graph.node.append(onnx.helper.make_node("Clip", [ACTION_OUTPUT, *names], [LAB_OUTPUT]))
    graph.output[0].name = LAB_OUTPUT
    del graph.value_info[:]
    for value in (graph.input[0], graph.output[0]):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    return model


def script_bytes(model: onnx.ModelProto, session: OnnxSession) -> bytes:
    """Return a clipped graph as TorchScript for any number of robots, with the contract inside.

    Raises:
        CanterError: its operators have no TorchScript here, or do otherwise than the file.
    """
    inputs = model.graph.input[0].type.tensor_type.shape.dim[1].dim_value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TorchScript is deprecated, and others' runtimes read it
        module = traced(model, inputs)
        for sample in session.golden:
            expected = np.clip(sample.outputs[ACTION_OUTPUT], *session.contract.action_clip)
            with torch.no_grad():
                got = module(torch.from_numpy(sample.inputs[OBSERVATION_INPUT])).numpy()
            if not np.allclose(got, expected, TOLERANCE, TOLERANCE):
                raise CanterError(f"{session.path}: its TorchScript does otherwise than the file")
        buffer = io.BytesIO()
        contract = {CONTRACT_FILE: session.contract.to_json()}
        torch.jit.save(module, buffer, _extra_files=contract)
    return buffer.getvalue()


def main(options: PolicyExport) -> int:
    """Write the files and say what the program that reads them must know.

    Raises:
        CanterError: the policy has what the format has no place for; the message names it.
    """
    session = OnnxSession(options.policy, robot=robot(options.robot))
    contract, console = session.contract, Console(soft_wrap=True, highlight=False, markup=False)
    if contract.kind != "locomotion":
        raise CanterError(f"{options.policy}: a policy of kind {contract.kind} moves no joints")
    in_layout = options.format == "unitree_rl_lab"
    text = deploy_yaml(contract, str(options.policy)) if in_layout else ""
    model = clipped_graph(options.policy, contract.action_clip)
    script = script_bytes(model, session)
    folder = options.out / "exported" if in_layout else options.out
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / "policy.pt", script)
    console.print(f"wrote {folder / 'policy.pt'}")
    if in_layout:
        write_bytes(folder / "policy.onnx", model.SerializeToString())
        params = options.out / "params"
        params.mkdir(exist_ok=True)
        write_text(params / "deploy.yaml", text)
        console.print(f"wrote {folder / 'policy.onnx'} and {params / 'deploy.yaml'}")
        for name in of_canter_alone(contract):
            console.print(f"the deployment must register the observation '{name}': it has none")
    return 0
