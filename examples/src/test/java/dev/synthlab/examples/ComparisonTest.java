package dev.synthlab.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The call sites of docs/comparison.md are those that are compiled. */
class ComparisonTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK =
      Pattern.compile("<!-- (\\S+) (\\S+) -->\n```java\n(.*?)\n```", Pattern.DOTALL);
  private static final Pattern REGION =
      Pattern.compile("// tag::(\\S+)\\[]\n(.*?)\n *// end::\\1\\[]", Pattern.DOTALL);
  private static final Pattern MEASURED = Pattern.compile("h=\\d+, \\d+\\.\\d s");

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/comparison.md"));
  }

  private static Map<String, String> regions(String file) throws IOException {
    Map<String, String> regions = new LinkedHashMap<>();
    REGION
        .matcher(Files.readString(ROOT.resolve(file)))
        .results()
        .forEach(
            region -> regions.put(region.group(1), region.group(2).stripTrailing().stripIndent()));
    return regions;
  }

  private static List<MatchResult> blocks() throws IOException {
    return BLOCK.matcher(page()).results().toList();
  }

  private static List<String> cells(String row) {
    return Pattern.compile(" \\| ").splitAsStream(row.replaceAll("^\\| *| *\\|$", "")).toList();
  }

  @Test
  void showsCompiledCodeWordForWord() throws IOException {
    for (MatchResult block : blocks()) {
      assertThat(regions(block.group(1)))
          .as(block.group(1))
          .containsEntry(block.group(2), block.group(3));
    }
  }

  @Test
  void namesTheSourceOfEveryBlock() throws IOException {
    long all = page().lines().filter(line -> line.startsWith("```java")).count();

    assertThat(blocks()).hasSize((int) all).hasSizeGreaterThanOrEqualTo(4 * 7 + 4 * 4);
  }

  @Test
  void showsEveryRegion() throws IOException {
    List<String> shown = new ArrayList<>();
    List<String> compiled = new ArrayList<>();
    for (MatchResult block : blocks()) {
      shown.add(block.group(1) + " " + block.group(2));
    }
    for (String file : files()) {
      regions(file).keySet().forEach(region -> compiled.add(file + " " + region));
    }

    assertThat(shown).containsExactlyInAnyOrderElementsOf(compiled);
  }

  private static List<String> files() throws IOException {
    return blocks().stream().map(block -> block.group(1)).distinct().toList();
  }

  @Test
  void countsTheLinesThatItShows() throws IOException {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("client", "A client");
    names.put("types", "Types");
    names.put("text", "Text");
    names.put("json", "JSON");
    names.put("typed", "A record");
    names.put("stream", "A stream");
    names.put("tools", "Tools");
    names.put("", "Sum");

    assertThat(page().lines().toList()).containsSubsequence(rows("CallSites", names));
  }

  @Test
  void countsTheLinesForServices() throws IOException {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("build", "Building by hand");
    names.put("account", "Another account");
    names.put("parallel", "Records in parallel");
    names.put("close", "Closing");
    names.put("test", "A test");

    assertThat(page().lines().toList()).containsSubsequence(rows("ServiceSites", names));
  }

  /** The rows of a table: the lines of each library, in classes of that name and their tests. */
  private static List<String> rows(String classes, Map<String, String> names) throws IOException {
    Map<String, Map<String, String>> libraries = new LinkedHashMap<>();
    for (String file : files()) {
      if (file.matches(".*/" + classes + "(Test)?\\.java")) {
        libraries
            .computeIfAbsent(file.replaceFirst("/src/.*", ""), library -> new LinkedHashMap<>())
            .putAll(regions(file));
      }
    }
    assertThat(libraries).hasSize(4);
    List<String> rows = new ArrayList<>();
    for (Map.Entry<String, String> name : names.entrySet()) {
      StringBuilder row = new StringBuilder("| " + name.getValue() + " |");
      for (Map<String, String> regions : libraries.values()) {
        long lines = lines(regions, name.getKey());
        row.append(" ").append(lines == 0 ? "–" : lines).append(" |");
      }
      rows.add(row.toString());
    }
    return rows;
  }

  /** Of one thing, or of all; a client for streams is a client. */
  private static long lines(Map<String, String> regions, String what) {
    return regions.entrySet().stream()
        .filter(
            region ->
                what.isEmpty()
                    || region.getKey().equals(what)
                    || region.getKey().endsWith("-" + what))
        .flatMap(region -> region.getValue().lines())
        .filter(line -> !line.isBlank())
        .count();
  }

  @Test
  void showsTheMeasuredFaultResults() throws IOException {
    Map<String, List<String>> measured = new LinkedHashMap<>();
    Files.readString(ROOT.resolve("docs/measured/faults-2026-11-22.md"))
        .lines()
        .map(ComparisonTest::cells)
        .forEach(row -> measured.put(row.getFirst(), row));
    List<List<String>> told =
        page()
            .lines()
            .filter(line -> MEASURED.matcher(line).find())
            .map(ComparisonTest::cells)
            .toList();

    assertThat(told).hasSize(7);
    for (List<String> row : told) {
      List<String> source = measured.get(row.getFirst());
      for (int i = 1; i < 5; i++) {
        String figure = row.get(i).replaceFirst("(h=\\d+, \\S+ s: \\S+).*", "$1");
        assertThat(source.get(i).replace(": ", ":")).startsWith(figure.replace(": ", ":"));
      }
    }
  }

  @Test
  void listsEveryProgramInTheReadme() throws IOException {
    String readme = Files.readString(ROOT.resolve("examples/README.md"));
    try (Stream<Path> sources =
        Files.list(ROOT.resolve("examples/src/main/java/dev/synthlab/examples"))) {
      List<Path> all = sources.toList();

      assertThat(all).hasSizeGreaterThan(14);
      for (Path source : all) {
        String name = String.valueOf(source.getFileName()).replace(".java", "");
        long lines = Files.readString(source).lines().count();
        if (Files.readString(source).contains("public static void main")) {
          assertThat(readme).contains("`java dev.synthlab.examples." + name);
          assertThat(lines).as(name).isLessThanOrEqualTo(name.equals("InterviewStudy") ? 200 : 40);
        }
      }
    }
  }
}
