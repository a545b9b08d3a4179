#!/usr/bin/env python3
"""Makes the table of models that ships with the library from LiteLLM's map of models.

    python3 tools/catalogue.py [--version 1.109.1] [--date 2026-11-24] [--wheel FILE]

The map comes out of the wheel `litellm` of PyPI, which is fetched with pip unless --wheel names
one. Written are models.json (one model a line, so that a diff can be read) and the licence of its
source beside it. The same wheel and date give the same bytes.
"""

import argparse
import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

MAP = "litellm/model_prices_and_context_window_backup.json"
PLACE = pathlib.Path(__file__).parent.parent / "core/src/main/resources/dev/synthlab/llm"
PROVIDERS = {"openai", "azure", "anthropic", "gemini", "mistral", "deepseek", "groq"}
MODES = {"chat", "responses", "embedding", "image_generation"}
FIELDS = [
    "litellm_provider",
    "mode",
    "input_cost_per_token",
    "output_cost_per_token",
    "output_cost_per_image_token",
    "cache_read_input_token_cost",
    "max_input_tokens",
    "max_output_tokens",
    "output_vector_size",
    "supports_function_calling",
    "supports_parallel_function_calling",
    "supports_vision",
    "supports_reasoning",
    "supports_response_schema",
    "supports_native_structured_output",
    "supports_system_messages",
    "supports_sampling_params",
    "supports_none_reasoning_effort",
    "supports_minimal_reasoning_effort",
    "supports_xhigh_reasoning_effort",
    "supports_max_reasoning_effort",
    "reasoning_effort_levels",
    "default_reasoning_effort",
    "deprecation_date",
]
TIER = re.compile(r"(input_cost_per_token|output_cost_per_token|cache_read_input_token_cost)_above_\d+k_tokens$")
DATED = re.compile(r"-(\d{4}-\d\d-\d\d|\d{8}|\d{4})$")
# What is missing says the same.
USUAL = {"supports_sampling_params": True}


def fetched(version, directory):
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", directory]
    subprocess.run(command + [f"litellm=={version}"], check=True)
    return next(pathlib.Path(directory).glob("litellm-*.whl"))


def wanted(name, facts):
    return (
        facts.get("litellm_provider") in PROVIDERS
        and facts.get("mode") in MODES
        and name.count("/") <= (1 if facts["litellm_provider"] == "azure" else 2)
        and "-x-" not in name  # prices of one size of image
        and not name.endswith("/container")
    )


def reduced(facts):
    kept = {field: facts[field] for field in FIELDS if field in facts}
    kept.update({field: facts[field] for field in sorted(facts) if TIER.match(field)})
    return {
        field: value
        for field, value in kept.items()
        if value not in (None, "") and value is not USUAL.get(field, False)
    }


def models(everything):
    rows = {name: reduced(facts) for name, facts in everything.items() if wanted(name, facts)}
    # A snapshot that says nothing of its own is found by its family.
    return {
        name: row for name, row in sorted(rows.items()) if row != rows.get(DATED.sub("", name)) or not DATED.search(name)
    }


def written(rows, version, date):
    source = {"from": f"litellm {version}", "date": date, "license": "MIT, see models.LICENSE.txt"}
    compact = {"ensure_ascii": True, "separators": (",", ":")}
    lines = [json.dumps(name) + ":" + json.dumps(row, **compact) for name, row in rows.items()]
    return '{"source":' + json.dumps(source) + ',\n"models":{\n' + ",\n".join(lines) + "\n}}\n"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--version", default="1.109.1")
    options.add_argument("--date", default=datetime.date.today().isoformat())
    options.add_argument("--wheel", type=pathlib.Path)
    options.add_argument("--into", type=pathlib.Path, default=PLACE)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        wheel = given.wheel or fetched(given.version, directory)
        with zipfile.ZipFile(wheel) as archive:
            everything = json.loads(archive.read(MAP))
            licences = [n for n in archive.namelist() if n.endswith("licenses/LICENSE")]
            licence = archive.read(licences[0]).decode()
            version = licences[0].split("-")[1].removesuffix(".dist")
    rows = models(everything)
    notice = f"models.json is made from {MAP} of litellm {version}, under this licence:\n\n"
    (given.into / "models.json").write_text(written(rows, version, given.date))
    (given.into / "models.LICENSE.txt").write_text(notice + licence)
    print(f"{len(rows)} models of {len(everything)}")


if __name__ == "__main__":
    main()
