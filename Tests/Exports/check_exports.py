#!/usr/bin/env python3
"""Reads exported files with the tools they are meant for, and compares them with what they should say.

    check_exports.py FOLDER

FOLDER holds exports, each beside a file NAME.json that says what is expected:

    x.onnx         {"inputs": {name: {"kind", "shape", "values"}}, "outputs": {name: values}}
    x.safetensors  {"arrays": {name: {"shape", "values"}}, "metadata": {key: text}}
    x.npy          {"shape", "values"}
    x              a folder of TensorBoard: {"scalars": {tag: [[step, value]]}, "histograms": {tag: [[step, count, sum]]}}

It installs nothing. What needs a package that is not there is skipped, and said. Ends with 1 if anything
differs, else with 0.
"""

import json
import os
import sys

TOLERANCE = 1e-5


def package(name):
    """A package; None, said aloud, if it is not there."""
    try:
        module = __import__(name, fromlist=["_"])
    except ImportError:
        print(f"skipped: no Python package {name.split('.')[0]}, so its files were not read")
        return None
    return module


def largest_difference(found, expected):
    """The largest |a - b| / max(1, |b|)."""
    found, expected = list(found), list(expected)
    if len(found) != len(expected):
        raise ValueError(f"{len(found)} numbers, expected {len(expected)}")
    worst = 0.0
    for a, b in zip(found, expected):
        if a == a or b == b:
            difference = abs(a - b) / max(1.0, abs(b))
            worst = difference if not difference <= worst else worst
    return worst


def close(found, expected):
    worst = largest_difference(found, expected)
    if not worst <= TOLERANCE:
        raise ValueError(f"differs by {worst:.3g}")
    return f"largest difference {worst:.3g}"


def array(numpy, value):
    kinds = {"int64": numpy.int64, "float64": numpy.float64, "float32": numpy.float32}
    numbers = [float("nan") if number is None else number for number in value["values"]]
    return numpy.array(numbers, dtype=kinds[value["kind"]]).reshape(value["shape"])


def check_onnx(path, expected, runtime, numpy):
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = {port.name for port in session.get_inputs()}
    if names != set(expected["inputs"]):
        raise ValueError(f"inputs {sorted(names)}, expected {sorted(expected['inputs'])}")
    outputs = [port.name for port in session.get_outputs()]
    if outputs != expected["order"]:
        raise ValueError(f"outputs {outputs}, expected {expected['order']}")
    feeds = {name: array(numpy, value) for name, value in expected["inputs"].items()}
    found = session.run(outputs, feeds)
    numbers = [number for values in found for number in values.tolist()]
    wanted = [number for name in outputs for number in expected["outputs"][name]]
    # No row at all is a batch too.
    none = {name: value[:0] for name, value in feeds.items()}
    if any(values.size for values in session.run(outputs, none)):
        raise ValueError("answers without rows")
    return close(numbers, wanted)


def check_model(path, onnx):
    """The checker of ONNX itself, where that is there."""
    if onnx is not None:
        onnx.checker.check_model(onnx.load(path), full_check=True)


def check_safetensors(path, expected, safetensors):
    with safetensors.safe_open(path, "numpy") as file:
        if set(file.keys()) != set(expected["arrays"]):
            raise ValueError(f"arrays {sorted(file.keys())}")
        for key, text in expected["metadata"].items():
            if (file.metadata() or {}).get(key) != text:
                raise ValueError(f"metadata {key}")
        for name, value in expected["arrays"].items():
            tensor = file.get_tensor(name)
            if list(tensor.shape) != value["shape"]:
                raise ValueError(f"{name} has shape {tensor.shape}, expected {value['shape']}")
            if tensor.reshape(-1).tolist() != value["values"]:
                raise ValueError(f"{name} has other numbers")
    return f"{len(expected['arrays'])} arrays, the same to the bit"


def check_numpy(path, expected, numpy):
    found = numpy.load(path, allow_pickle=False)
    if list(found.shape) != expected["shape"]:
        raise ValueError(f"shape {found.shape}, expected {expected['shape']}")
    if found.reshape(-1).tolist() != expected["values"]:
        raise ValueError("other numbers")
    return f"shape {tuple(found.shape)}, the same to the bit"


def check_events(path, expected, accumulator):
    events = accumulator.EventAccumulator(path, {"scalars": 0, "histograms": 0, "tensors": 0})
    events.Reload()
    tags = events.Tags()
    if set(tags["scalars"]) != set(expected["scalars"]):
        raise ValueError(f"scalars {sorted(tags['scalars'])}")
    if set(tags["histograms"]) != set(expected["histograms"]):
        raise ValueError(f"histograms {sorted(tags['histograms'])}")
    for tag, points in expected["scalars"].items():
        found = [(event.step, event.value) for event in events.Scalars(tag)]
        if [step for step, _ in found] != [step for step, _ in points]:
            raise ValueError(f"{tag}: steps {[step for step, _ in found]}")
        close([value for _, value in found], [value for _, value in points])
    for tag, points in expected["histograms"].items():
        for event, (step, count, total) in zip(events.Histograms(tag), points):
            value = event.histogram_value
            close([event.step, value.num, value.sum, sum(value.bucket)], [step, count, total, count])
    return f"{len(expected['scalars'])} scalars, {len(expected['histograms'])} histograms"


def main():
    folder = sys.argv[1]
    numpy = package("numpy")
    runtime = package("onnxruntime")
    onnx = package("onnx")
    safetensors = package("safetensors")
    accumulator = package("tensorboard.backend.event_processing.event_accumulator")
    failures = 0
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not os.path.exists(path + ".json"):
            continue
        with open(path + ".json", encoding="utf-8") as file:
            expected = json.load(file)
        try:
            if name.endswith(".onnx"):
                if runtime is None or numpy is None:
                    continue
                check_model(path, onnx)
                said = check_onnx(path, expected, runtime, numpy)
            elif name.endswith(".safetensors"):
                if safetensors is None or numpy is None:
                    continue
                said = check_safetensors(path, expected, safetensors)
            elif name.endswith(".npy"):
                if numpy is None:
                    continue
                said = check_numpy(path, expected, numpy)
            else:
                if accumulator is None:
                    continue
                said = check_events(path, expected, accumulator)
            print(f"ok: {name}: {said}")
        except Exception as error:  # every tool has its own errors; each is said and counted
            failures += 1
            print(f"wrong: {name}: {type(error).__name__}: {error}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
