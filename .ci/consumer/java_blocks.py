#!/usr/bin/env python3
"""Writes the blocks of Java code of pages as classes that a compiler checks.

    java_blocks.py FOLDER PAGE...

FOLDER gets one class for each page, in the package `pages`. A block of type declarations becomes nested
types; any other block becomes a method. Imports may stand in the blocks. Comments of the page, which
readers do not see, say what a block needs:

    <!-- given: Secret key, OpenTelemetry otel -->   parameters of the methods of all later blocks
    <!-- continues -->                               the next block continues the method before it
    <!-- not compiled -->                            the next block is left out

A client that is built for OpenAI's server gets the address in the system property `consumer.base`
instead, so that the methods can be run.
"""
import pathlib
import re
import sys

IMPORTS = """
dev.synthlab.* dev.synthlab.call.* dev.synthlab.config.* dev.synthlab.external.* dev.synthlab.http.*
dev.synthlab.json.* dev.synthlab.llm.* dev.synthlab.logging.* dev.synthlab.spans.*
io.opentelemetry.api.OpenTelemetry java.math.BigDecimal java.nio.file.* java.time.* java.util.*
java.util.concurrent.* java.util.function.*
""".split()
STATIC_IMPORTS = ["java.time.Duration.*"]
TOKEN = re.compile(r"<!--\s*(?P<comment>.*?)\s*-->|^```java[^\n]*\n(?P<code>.*?)^```", re.M | re.S)
TYPE = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|final|abstract|static|sealed|non-sealed)\s+)*"
    r"(?:class|record|interface|enum|@interface)\s+\w+", re.M)


def without_comments(code):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", code, flags=re.S).strip()


def on_loopback(code):
    """The code with another address for clients that name none."""
    return re.sub(
        r"\.apiKey\(key\)(?![^;]*\.baseUrl\()",
        '.apiKey(key).baseUrl(System.getProperty("consumer.base"))', code)


def class_of(page, text):
    """The source of the class of a page, and the number of its blocks."""
    imports, types, methods = set(), [], []
    given, mode = "", ""
    count = 0
    for token in TOKEN.finditer(text):
        comment = token["comment"]
        if comment is not None:
            if comment.startswith("given:"):
                given = ", ".join(filter(None, [given, " ".join(comment[6:].split())]))
            elif comment in ("continues", "not compiled"):
                mode = comment
            continue
        code, wanted, mode = token["code"], mode, ""
        if wanted == "not compiled":
            continue
        count += 1
        lines = code.splitlines()
        imports.update(line.strip() for line in lines if line.startswith("import "))
        code = "\n".join(line for line in lines if not line.startswith(("import ", "package ")))
        if TYPE.match(without_comments(code)):
            types.append(re.sub(r"^(public |)(?=(final |abstract |sealed |)*class )", "static ", code, flags=re.M))
        elif wanted == "continues" and methods:
            methods[-1][1].append(code)
        else:
            methods.append((given, [code]))
    name = "Page_" + re.sub(r"\W", "_", pathlib.Path(page).stem)
    out = ["package pages;", ""]
    out += [f"import {each};" for each in IMPORTS] + [f"import static {each};" for each in STATIC_IMPORTS]
    out += sorted(imports) + ["", f"final class {name} {{"]
    out += types
    for number, (parameters, codes) in enumerate(methods, 1):
        code = map(on_loopback, codes)
        out += [f"static void block{number}({parameters}) throws Exception {{", *code, "}"]
    return name, "\n".join(out + ["}", ""]), count


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1]) / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    for page in sys.argv[2:]:
        name, source, count = class_of(page, pathlib.Path(page).read_text(encoding="utf-8"))
        if count == 0:
            sys.exit(f"{page} has no block of Java code")
        (folder / f"{name}.java").write_text(source, encoding="utf-8")
        print(f"{page}: {count} blocks of Java code")


main()
