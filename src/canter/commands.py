"""The table of commands: the options of each, and where its code lies, loaded when it runs."""

import difflib
import importlib
from dataclasses import dataclass
from typing import Any

from canter.control.errors import CanterError
from canter.dataset.options import (
    DatasetCheck,
    DatasetExportMcap,
    DatasetExportMessages,
    DatasetMerge,
    DatasetRepair,
    DatasetStats,
    DatasetView,
)
from canter.datasets.language.options import WordsTraining
from canter.demo.options import DemoOptions
from canter.evals.fuzzing.options import BenchFuzz
from canter.evals.options import (
    BenchAdaptation,
    BenchBrain,
    BenchIsaacGym,
    BenchSafety,
    BenchSim,
    CompareReports,
    EvalAdaptation,
    EvalAvoidance,
    EvalEstimation,
    EvalLocomotion,
    EvalMpc,
    EvalRisk,
    EvalStyle,
    EvalTask,
    EvalTransfer,
    EvalTune,
    EvalWords,
)
from canter.mcp.options import McpOptions
from canter.play.options import PlayOptions, SheetOptions
from canter.rl.collection.collect_options import BenchCollect, Collect
from canter.rl.foreign_policies.options import PolicyExport, PolicyImport
from canter.rl.preferences.preference_settings import PreferencesAsk, PreferencesCollect
from canter.robot.options import RobotShow
from canter.ros.options import (
    RosBag,
    RosCheck,
    RosDrive,
    RosEval,
    RosFoxglove,
    RosGo,
    RosReset,
    RosSay,
    RosUp,
)
from canter.run.options import DoctorOptions, RunOptions
from canter.serve.options import ServePolicy
from canter.sim.tasks import about, task_names
from canter.tune.options import TuneFit, TunePlan, TuneRecord
from canter.unitree.options import UnitreeDrive, UnitreeSim


def resolved(name: str) -> Any:  # noqa: ANN401
    """Return what a name, "module:attribute", stands for."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the command line.

    Attributes:
        source: frozen dataclass of its options, or where it is, "module:class", if it is not
            light to import; the docstring is its help.
        target: function that runs it, "module:function", from the options to the exit code.
        examples: command lines to copy.
        about: what it does, in one line, where several commands share their options.
        before: arguments of the function before the options.
        folders: options that name a folder which no second process may write meanwhile.
        journals: options that name a file which grows by lines, likewise.
        defaults: function that reads the words behind the command and returns the options that
            these come on top of, "module:function", where that depends on the words.
    """

    source: type | str
    target: str
    examples: tuple[str, ...]
    about: str = ""
    before: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    journals: tuple[str, ...] = ()
    defaults: str = ""

    @property
    def options(self) -> type:
        """Dataclass of its options."""
        if isinstance(self.source, type):
            return self.source
        found: type = resolved(self.source)
        return found

    @property
    def summary(self) -> str:
        """First line of the help."""
        return self.about or (self.options.__doc__ or "").splitlines()[0]


def _eval_command(name: str, what: str) -> Command:
    """Return the command that measures a task or several; ``what`` says what it is."""
    return Command(
        EvalTask,
        "canter.evals.tasks.task_suite:main",
        (
            f"canter eval {name}",
            f"canter eval {name} --policy expert --level 3 --episodes 20 --video-dir films",
            f"canter eval {name} --split unseen_object --json {name}.json",
        ),
        about=f"Measure {name}: {what}.",
        before=(name,),
        folders=("video_dir",),
    )


COMMANDS: dict[str, Command] = {
    "run": Command(
        RunOptions,
        "canter.run.run:run",
        (
            'canter run "go to the red ball"',
            'canter run "find the green box" --seed 7 --video out.mp4 --json out.json',
            'canter run "walk to the blue cone" --scene scene.yaml',
            'canter run "crawl under the yellow bar" --policy expert',
            'canter run "go to the sofa" --eyes owlv2:models/owlv2',
            "canter run --task go_through --level 3",
            'canter run "go to the red ball" --policy ws://127.0.0.1:8000',
            'canter run "go to the red ball, then crawl under the yellow bar and wait at the cube"'
            " --brain http://127.0.0.1:8080/v1",
        ),
        folders=("brain_log",),
    ),
    "demo": Command(
        DemoOptions,
        "canter.demo.demo:main",
        ("canter demo", "canter demo --video demo.mp4 --seed 3", "canter demo --policy expert"),
    ),
    "play": Command(
        PlayOptions,
        "canter.play.main:main",
        (
            "canter play crawl",
            "canter play distinguish --level 3 --seed 7",
            "canter play go_to --policy vla",
            "canter play go_through --policy teleop --port 8090",
        ),
    ),
    "sheet": Command(
        SheetOptions,
        "canter.play.sheet:main",
        ("canter sheet tasks.png", "canter sheet crawl.png --tasks crawl unload --seed 3"),
    ),
    **{f"eval {name}": _eval_command(name, about(name)) for name in task_names()},
    "eval all": _eval_command("all", "every task, and the mean over them"),
    "eval quard": _eval_command("quard", "the six tasks of the QUARD benchmark, and their mean"),
    "compare": Command(
        CompareReports,
        "canter.evals.tasks.compare:main",
        (
            "canter compare all.json mine.json",
            "canter compare said.json blank.json --verdict quard --json hearing.json",
        ),
    ),
    "eval locomotion": Command(
        EvalLocomotion,
        "canter.evals.locomotion.locomotion_suite:main",
        ("canter eval locomotion", "canter eval locomotion --policy runs/locomotion/policy.onnx"),
    ),
    "eval style": Command(
        EvalStyle,
        "canter.evals.locomotion.style_suite:main",
        (
            "canter eval style --policy runs/gait/policy.onnx",
            "canter eval style --policy runs/dpo/policy.onnx --against runs/oppo/policy.onnx "
            "--robots 600 --seed 7 --json style.json",
        ),
    ),
    "eval transfer": Command(
        EvalTransfer,
        "canter.evals.transfer.transfer_suite:main",
        (
            "canter eval transfer --log transfer.jsonl --json transfer.json --plot transfer.svg",
            "canter eval transfer --controllers fixed --cells off_centre_6kg slope_10deg",
            "canter eval transfer --controllers fixed --cells bullet --episodes 5 --go-to 0",
        ),
        journals=("log",),
    ),
    "eval adaptation": Command(
        EvalAdaptation,
        "canter.evals.adaptation.adaptation_suite:main",
        (
            "canter eval adaptation",
            "canter eval adaptation --controllers torque --cells off_centre_6kg --json a.json",
        ),
        journals=("log",),
    ),
    "eval mpc": Command(
        EvalMpc,
        "canter.evals.adaptation.mpc_suite:main",
        (
            "canter eval mpc",
            "canter eval mpc --controllers mpc+load rl+mpc --cells off_centre_6kg --json mpc.json",
        ),
        journals=("log",),
    ),
    "eval avoidance": Command(
        EvalAvoidance,
        "canter.evals.avoidance.avoidance_suite:main",
        ("canter eval avoidance", "canter eval avoidance --runs 30 --backwards --json a.json"),
    ),
    "eval estimation": Command(
        EvalEstimation,
        "canter.evals.estimation.estimation_suite:main",
        (
            "canter eval estimation",
            "canter eval estimation --grounds nominal slope_10deg --rate-hz 50 --json e.json",
        ),
    ),
    "eval tune": Command(
        EvalTune,
        "canter.evals.tuning_suite:main",
        ("canter eval tune --robots 5", "canter eval tune --robots 1 --seed 7 --json tune.json"),
        folders=("out",),
    ),
    "eval risk": Command(
        EvalRisk,
        "canter.evals.risk.risk_suite:main",
        ("canter eval risk", "canter eval risk --model runs/risk/posture_risk.npz"),
    ),
    "eval words": Command(
        EvalWords,
        "canter.evals.words.words_suite:main",
        ("canter eval words", "canter eval words --sentences 50 --wrong --json words.json"),
    ),
    "train locomotion": Command(
        "canter.rl.settings:LocomotionTraining",
        "canter.rl.locomotion.train_locomotion:main",
        (
            "canter train locomotion",
            "canter train locomotion --resume",
            "canter train locomotion --policy stiffness --start runs/locomotion/checkpoint.zip "
            "--steps 4000000 --out runs/stiffness",
            "canter train locomotion --rewards.tracking 1.5 --ppo.learning-rate 3e-4 "
            "--out runs/mine",
            "canter train locomotion --trainer rsl_rl --out runs/rsl_rl",
            "canter train locomotion --config runs/mine/config.yaml --seed 1 --out runs/again",
        ),
        folders=("out",),
        about="Train a locomotion policy with PPO.",
        defaults="canter.rl.locomotion.presets:options_from",
    ),
    "policy import": Command(
        PolicyImport,
        "canter.rl.foreign_policies.import_policy:main",
        (
            "canter policy import policy_1.pt --recipe legged_gym --out mine.onnx",
            "canter policy import motion.pt --recipe unitree_rl_gym --side-file deploy.yaml",
            "canter policy import policy.onnx --recipe unitree_rl_lab --side-file deploy.yaml",
            "canter policy import policy.onnx --recipe mjlab",
            "canter policy import body_latest.jit --recipe walk_these_ways --adaptation "
            "adaptation_module_latest.jit",
            "canter policy import policy.pt --recipe mine.yaml --robot path/to/robot.yaml",
        ),
    ),
    "policy export": Command(
        PolicyExport,
        "canter.rl.foreign_policies.export_policy:main",
        (
            "canter policy export runs/locomotion/policy.onnx --out runs/script",
            "canter policy export mine.onnx --format unitree_rl_lab --out runs/lab",
        ),
        folders=("out",),
    ),
    "train vla": Command(
        "canter.rl.vla_settings:VlaTraining",
        "canter.rl.train_vla:main",
        (
            "canter train vla",
            "canter train vla --data runs/dataset --rounds 0",
            "canter train vla --preset debug --model.d-model 32 --out runs/quick",
            "canter train vla --config runs/vla/config.yaml --seed 1 --out runs/again",
        ),
        folders=("out",),
        defaults="canter.rl.vla_settings:options_from",
    ),
    "train vla-rl": Command(
        "canter.rl.reinforcement.reinforcement_settings:VlaReinforcement",
        "canter.rl.reinforcement.fine_tune:main",
        (
            "canter train vla-rl --start runs/vla/round4.pt",
            "canter train vla-rl --start runs/vla/round4.pt --tasks unload crawl --scenes 64",
            "canter train vla-rl --start runs/vla/round4.pt --method ppo --out runs/ppo",
            "canter train vla-rl --start runs/vla/round4.pt --method residual --tasks unload",
            "canter train vla-rl --start runs/vla/round4.pt --method dagger --out runs/baseline",
            "canter train vla-rl --preset debug --start runs/quick/round1.pt --out runs/tried",
            "canter train vla-rl --resume",
        ),
        about="Fine-tune a trained model by what succeeds: reinforcement in the task environments.",
        folders=("out",),
        defaults="canter.rl.reinforcement.reinforcement_settings:options_from",
    ),
    "train hf": Command(
        "canter.rl.hf_settings:HfTraining",
        "canter.rl.train_hf:main",
        (
            "canter train hf --start models/llava --data runs/dataset",
            "canter train hf --start models/llava --data runs/dataset --period 0.5 --lora.rank 16",
            "canter train hf --preset debug --start models/llava --data runs/dataset",
            "canter train hf --resume",
        ),
        about="Fine-tune a large vision-language model, by LoRA on action tokens.",
        folders=("out",),
        defaults="canter.rl.hf_settings:options_from",
    ),
    "train offline": Command(
        "canter.rl.offline.offline_settings:OfflineTraining",
        "canter.rl.offline.train_offline:main",
        (
            "canter train offline --data runs/dataset",
            "canter train offline --method bc --data runs/dataset --out runs/cloned",
            "canter train offline --method dt --data runs/dataset runs/more --tasks go_to crawl",
            "canter train offline --data hopper.npz --steps 2000 --out runs/hopper",
            "canter train offline --preset debug --data runs/dataset --out runs/tried",
        ),
        about="Learn to act from recorded episodes alone, good and bad ones mixed.",
        folders=("out",),
        defaults="canter.rl.offline.offline_settings:options_from",
    ),
    "eval offline": Command(
        "canter.sequences.options:EvalOffline",
        "canter.sequences.eval_offline:main",
        (
            "canter eval offline runs/offline/policy.pt",
            "canter eval offline runs/offline/policy.pt --tasks go_to crawl --json mine.json",
        ),
    ),
    "bench offline": Command(
        "canter.sequences.options:BenchOffline",
        "canter.sequences.bench_offline:main",
        (
            "canter bench offline --json stitching.json",
            "canter bench offline --world Hopper-v5 --recorded 300 --seeds 1 --out runs/hopper",
            "canter bench offline --preset debug --out runs/tried",
        ),
        folders=("out",),
        defaults="canter.sequences.options:options_from",
    ),
    "vla compare": Command(
        "canter.ablation.options:VlaComparison",
        "canter.ablation.compare:main",
        (
            "canter vla compare --data runs/dataset --markdown compare.md --json compare.json",
            "canter vla compare --data runs/dataset --start runs/vla/see.pt --variants transformer "
            "hybrid --episodes 200",
            "canter vla compare --preset debug --data runs/dataset --out runs/tried",
            "canter vla compare --resume",
        ),
        folders=("out",),
        defaults="canter.ablation.options:options_from",
    ),
    "vla latency": Command(
        "canter.ablation.options:VlaLatency",
        "canter.ablation.latency:main",
        (
            "canter vla latency",
            "canter vla latency --history 1 512 --backbones mamba transformer --json latency.json",
        ),
    ),
    "train gait": Command(
        "canter.rl.preferences.preference_settings:GaitTuning",
        "canter.rl.preferences.tune_gait:main",
        (
            "canter train gait --preferences preferences.npz",
            "canter train gait --preferences mine.npz --method oppo --kl 6 --out runs/mine",
            "canter train gait --preferences two.npz --start runs/gait/policy.onnx --out runs/two",
            "canter train gait --preset debug --preferences preferences.npz --out runs/tried",
            "canter train gait --config runs/gait/config.yaml --seed 1 --out runs/again",
        ),
        folders=("out",),
        about="Tune a gait by what people prefer: pairs of segments in place of a reward.",
        defaults="canter.rl.preferences.preference_settings:options_from",
    ),
    "preferences collect": Command(
        PreferencesCollect,
        "canter.rl.preferences.collect:main",
        (
            "canter preferences collect",
            "canter preferences collect --teacher footfalls --pairs 500 --err 0.15 --out soft.npz",
            "canter preferences collect --teacher none --pairs 40 --out mine.npz",
        ),
        journals=("out",),
    ),
    "preferences ask": Command(
        PreferencesAsk,
        "canter.rl.preferences.ask:main",
        (
            "canter preferences ask mine.npz",
            "canter preferences ask mine.npz --pairs 20 --film pair.mp4",
        ),
        journals=("file",),
    ),
    "train risk": Command(
        "canter.rl.risk.risk_settings:RiskTraining",
        "canter.rl.risk.train_risk:main",
        (
            "canter train risk",
            "canter train risk --out runs/risk --resume",
            "canter train risk --network.widths 64 32 --alarm.false-per-10-min 1 --out runs/small",
        ),
        about="Train the model that says how likely a fall is, on falls of our own.",
        defaults="canter.rl.risk.risk_settings:options_from",
        folders=("out",),
    ),
    "train words": Command(
        WordsTraining,
        "canter.datasets.language.training:main",
        ("canter train words", "canter train words --steps 3000 --out runs/words/reader.onnx"),
    ),
    "bench adaptation": Command(
        BenchAdaptation,
        "canter.evals.benchmarks.bench_adaptation:main",
        ("canter bench adaptation", "canter bench adaptation --controllers torque"),
    ),
    "bench sim": Command(
        BenchSim,
        "canter.evals.benchmarks.bench_sim:main",
        ("canter bench sim", "canter bench sim --envs 256 --steps 50"),
    ),
    "bench isaacgym": Command(
        BenchIsaacGym,
        "canter.evals.benchmarks.bench_isaacgym:main",
        (
            "canter bench isaacgym",
            "canter bench isaacgym --envs 256 --steps 50 --memory 0 --json bench.json",
        ),
    ),
    "collect": Command(
        Collect,
        "canter.rl.collection.collect:main",
        (
            "canter collect --episodes 900 --out runs/dataset",
            "canter collect --tasks go_to crawl --episodes 60 --noisy-share 0.5 --seed 7",
            "canter collect --tasks go_to --policy runs/vla/policy.onnx --out runs/corrected",
            "canter collect --episodes 10000 --out runs/large --ray local",
        ),
        folders=("out",),
    ),
    "bench collect": Command(
        BenchCollect,
        "canter.collect.bench_collect:main",
        ("canter bench collect", "canter bench collect --episodes 90 --json collect.json"),
    ),
    "dataset check": Command(
        DatasetCheck, "canter.dataset.check:main", ("canter dataset check runs/dataset",)
    ),
    "dataset stats": Command(
        DatasetStats, "canter.dataset.check:stats", ("canter dataset stats runs/dataset",)
    ),
    "dataset view": Command(
        DatasetView,
        "canter.dataset.view:main",
        (
            "canter dataset view runs/dataset",
            "canter dataset view runs/dataset --episodes 0 17 --out sheet.png",
        ),
    ),
    "dataset merge": Command(
        DatasetMerge,
        "canter.dataset.merge:main",
        ("canter dataset merge runs/one runs/two --out runs/both",),
        folders=("out",),
    ),
    "dataset repair": Command(
        DatasetRepair,
        "canter.dataset.repair:main",
        ("canter dataset repair runs/old --out runs/mended",),
        folders=("out",),
    ),
    "dataset export-mcap": Command(
        DatasetExportMcap,
        "canter.dataset.export_mcap:main",
        ("canter dataset export-mcap runs/dataset --episode 3 --out three.mcap",),
    ),
    "dataset export-messages": Command(
        DatasetExportMessages,
        "canter.dataset.export_messages:main",
        ("canter dataset export-messages runs/dataset --out runs/messages",),
        folders=("out",),
    ),
    "robot": Command(
        RobotShow,
        "canter.robot.show:main",
        (
            "canter robot",
            "canter robot anymal_c",
            "canter robot path/to/robot.yaml --json mine.json",
        ),
    ),
    "tune plan": Command(
        TunePlan,
        "canter.tune.record:plan",
        (
            "canter tune plan plan.csv",
            "canter tune plan plan.npz --seconds 90 --legs FL FR",
            "canter tune plan plan.csv --robot anymal_c",
        ),
    ),
    "tune record": Command(
        TuneRecord,
        "canter.tune.record:main",
        (
            "canter tune record recording.npz --seed 3 --truth truth.json",
            "canter tune record recording.csv --seconds 30 --link-error 0.05",
        ),
    ),
    "tune fit": Command(
        TuneFit,
        "canter.tune.fit:main",
        (
            "canter tune fit recording.npz",
            "canter tune fit recording.csv --out runs/my_go2 --per joint --pitch 5",
        ),
        folders=("out",),
    ),
    "bench safety": Command(
        BenchSafety,
        "canter.evals.safety.bench_safety:main",
        (
            "canter bench safety --json safety.json",
            "canter bench safety --injections 60 --hours 0.1 --out runs/quick",
            "canter bench safety --resume",
        ),
        folders=("out",),
    ),
    "bench brain": Command(
        BenchBrain,
        "canter.evals.brain.bench_brain:main",
        (
            "canter bench brain --json brain.json",
            "canter bench brain --errands 5 --faults 0 --hostile 0 --out runs/quick",
            "canter bench brain --resume",
        ),
        folders=("out",),
    ),
    "bench fuzz": Command(
        BenchFuzz,
        "canter.evals.fuzzing.campaign:main",
        (
            "canter bench fuzz --seconds 600 --json fuzz.json",
            "canter bench fuzz --target urdf scene --seconds 60 --seed 7",
        ),
        folders=("out",),
    ),
    "unitree sim": Command(
        UnitreeSim,
        "canter.unitree.sim:main",
        ("canter unitree sim", 'canter unitree sim --instruction "go to the red ball" --seed 2'),
    ),
    "unitree drive": Command(
        UnitreeDrive,
        "canter.unitree.drive:main",
        (
            "canter unitree drive --velocity 0.5 0 0 --seconds 5",
            'canter unitree drive "go to the red ball"',
            "canter unitree drive --velocity 0.3 0 0 --domain 0 --interface eth0",
        ),
    ),
    "ros up": Command(
        RosUp,
        "canter.ros.up:main",
        (
            "canter ros up",
            'canter ros up "go to the red ball"',
            'canter ros up "crawl under the yellow bar" --policy expert',
            "canter ros up --namespace one --params-file mine.yaml --record bags",
            "canter ros up --robot go2 --interface lo",
            'canter ros up "go to the red ball" --interface eth0 --domain 0',
            "canter ros up --no-sim",
            "canter ros up --robot path/to/robot.yaml --locomotion gait.onnx --policy teleop",
        ),
    ),
    "ros say": Command(
        RosSay,
        "canter.ros.say:say",
        ('canter ros say "go to the red ball"', 'canter ros say "find the blue cube" --operator'),
    ),
    "ros go": Command(
        RosGo,
        "canter.ros.go:main",
        ("canter ros go 2.0 1.0 90", "canter ros go 2.0 1.0", "canter ros go 0 0 0 --speed 0.3"),
    ),
    "ros drive": Command(
        RosDrive,
        "canter.ros.drive:main",
        (
            "canter ros drive",
            "canter ros drive --hands joy",
            "canter ros drive --hands /dev/input/event5",
        ),
    ),
    "ros foxglove": Command(
        RosFoxglove,
        "canter.ros.foxglove:main",
        ("canter ros foxglove", "canter ros foxglove --port 9000"),
    ),
    "ros reset": Command(
        RosReset, "canter.ros.say:reset", ("canter ros reset", "canter ros reset --stop")
    ),
    "ros check": Command(
        RosCheck,
        "canter.ros.check:main",
        ("canter ros check", "canter ros check --seconds 20 --json check.json"),
    ),
    "ros bag": Command(
        RosBag,
        "canter.ros.bag:main",
        ("canter ros bag bags/bag-20270101T120000 runs/recorded",),
        folders=("out",),
    ),
    "ros eval": Command(
        RosEval,
        "canter.ros.eval:main",
        (
            "canter ros eval --episodes 50",
            "canter ros eval --episodes 50 --rate 2 --against go_to.json --json ros.json",
        ),
    ),
    "serve policy": Command(
        ServePolicy,
        "canter.serve.serve:main",
        (
            "canter serve policy",
            "canter serve policy --policy runs/vla/policy.onnx --port 8001",
            'canter run "go to the red ball" --policy ws://127.0.0.1:8000',
            "canter eval go_to --policy ws://127.0.0.1:8000",
        ),
    ),
    "mcp": Command(
        McpOptions,
        "canter.mcp.serve:main",
        (
            "canter mcp",
            "canter mcp --seed 7 --task go_through --level 3",
            "canter mcp --http --port 8765",
        ),
    ),
    "doctor": Command(
        DoctorOptions, "canter.doctor.doctor:main", ("canter doctor", "canter doctor --json")
    ),
}
"""Every command by its words."""


def find(words: list[str]) -> tuple[str, list[str]]:
    """Return the name of the command that the words begin with, and the words left.

    Raises:
        CanterError: no command begins so; names the nearest, or the choices.
    """
    for length in (1, 2):
        name = " ".join(words[:length])
        if len(words) >= length and name in COMMANDS:
            return name, words[length:]
    raise CanterError(_unknown(words))


def in_group(group: str) -> list[str]:
    """Return the commands whose first word is the group, none if there is no such group."""
    return [name for name in COMMANDS if name.startswith(f"{group} ")]


def _unknown(words: list[str]) -> str:
    """Return what to say to words that are no command."""
    siblings = in_group(words[0])
    if siblings and (len(words) == 1 or words[1].startswith("-")):
        return f"'canter {words[0]}' needs one more word: {', '.join(siblings)}"
    pair = " ".join(words[:2])
    near = difflib.get_close_matches(pair, COMMANDS) or difflib.get_close_matches(
        words[0], COMMANDS
    )
    hint = f"did you mean 'canter {near[0]}'?" if near else f"choices are {', '.join(COMMANDS)}"
    return f"no command '{pair if siblings else words[0]}'; {hint}"
