package dev.synthlab.cli;

import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import dev.synthlab.rules.CheckReport;
import dev.synthlab.rules.Checklist;
import dev.synthlab.rules.Violation;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that checks compiled classes against the rules. */
@Command(
    name = "check",
    header = "Check compiled classes against the synthlab rules.",
    description = {
      "",
      "Reads jars and class directories and lists each violation: class, file and line, the reason"
          + " for the rule, and what to do."
    },
    footer = {
      "",
      "PKG is a package pattern such as com.acme.infrastructure.. where .. includes subpackages."
          + " The option may be repeated.",
      "",
      "Examples:",
      "  synthlab check target/classes --infrastructure com.acme.infrastructure..",
      "  synthlab check service.jar --sources src/main/java --sources src/main/resources",
      "  synthlab check target/classes --baseline checklist.txt --freeze",
      "  synthlab check target/classes --baseline checklist.txt --json",
      "",
      "Exit codes: 0 no violations, 2 invalid usage or nothing to check, 3 violations."
    })
final class CheckCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = "Jars, class directories or class files.")
  private List<Path> paths = List.of();

  @Option(
      names = "--infrastructure",
      paramLabel = "PKG",
      description = "Packages that may call external systems. Default: ..infrastructure..")
  private List<String> infrastructure = List.of();

  @Option(
      names = "--config",
      paramLabel = "PKG",
      description =
          "Packages that may read the environment. Default: ..config.. and ..configuration..")
  private List<String> configuration = List.of();

  @Option(
      names = "--sources",
      paramLabel = "DIR",
      description = "Directory of sources or resources, for the rules that need them. Repeatable.")
  private List<Path> sources = List.of();

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description =
          "File of known violations, which do not fail the check; fixed ones are removed from it.")
  private @Nullable Path baseline;

  @Option(names = "--freeze", description = "Write all current violations into the baseline file.")
  private boolean freeze;

  @Option(names = "--json", description = "Print one JSON object to stdout.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Override
  public Integer call() {
    if (freeze && baseline == null) {
      throw new UsageException("--freeze needs --baseline FILE, which it writes");
    }
    return new Check().run();
  }

  /** A class of its own, so that listing the commands does not load the rules. */
  private final class Check {
    int run() {
      CheckReport report = report();
      PrintStream out = Main.stdout();
      out.println(
          json ? Json.line(json(report)) : Redactor.printable(report.text().stripTrailing()));
      out.flush();
      return report.isClean() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private CheckReport report() {
      try {
        Checklist checklist = Checklist.over(paths);
        if (!infrastructure.isEmpty()) {
          checklist = checklist.withInfrastructure(infrastructure.toArray(String[]::new));
        }
        if (!configuration.isEmpty()) {
          checklist = checklist.withConfiguration(configuration.toArray(String[]::new));
        }
        checklist = checklist.withSources(sources.toArray(Path[]::new));
        Path known = baseline;
        if (known != null) {
          checklist = checklist.withBaseline(known);
        }
        return freeze ? checklist.freeze() : checklist.report();
      } catch (IllegalArgumentException | UncheckedIOException e) {
        String cause = e instanceof UncheckedIOException io ? ": " + io.getCause() : "";
        throw new UsageException(e.getMessage() + cause);
      }
    }

    private static Map<String, Object> json(CheckReport report) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("classes", report.classes());
      all.put("violations", violations(report.violations()));
      all.put("known", violations(report.known()));
      all.put("not_checked", report.notChecked());
      all.put("notes", report.notes());
      return all;
    }

    private static List<Map<String, Object>> violations(List<Violation> violations) {
      List<Map<String, Object>> all = new ArrayList<>();
      for (Violation one : violations) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("rule", one.rule().id());
        line.put("class", one.className());
        line.put("member", one.member());
        line.put("file", one.file());
        one.line().ifPresent(number -> line.put("line", number));
        line.put("what", one.what());
        line.put("why", one.rule().why());
        line.put("do", one.rule().instead());
        all.add(line);
      }
      return all;
    }
  }
}
