package dev.synthlab.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages on the checklist say what is there. */
class DocsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");
  private static final Pattern BLOCK =
      Pattern.compile(" *<!-- (\\S+) (\\S+) -->\n *```java\n(.*?)\n *```", Pattern.DOTALL);
  private static final Pattern REGION =
      Pattern.compile("// tag::(\\S+)\\[]\n(.*?)\n *// end::\\1\\[]", Pattern.DOTALL);

  private static String page(String name) throws IOException {
    return Files.readString(ROOT.resolve("docs").resolve(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"checklist.md", "migration.md"})
  void linksToFilesThatExist(String name) throws IOException {
    List<String> links =
        LINK.matcher(page(name)).results().map(link -> link.group(1)).distinct().toList();

    assertThat(links).isNotEmpty();
    for (String link : links) {
      assertThat(ROOT.resolve("docs").resolve(link)).exists();
    }
  }

  @Test
  void namesEveryRule() throws IOException {
    for (Rule rule : Rule.values()) {
      assertThat(page("checklist.md")).contains("`" + rule.id() + "`");
    }
  }

  @Test
  void showsCodeThatIsCompiled() throws IOException {
    String source = "rules/src/test/java/dev/synthlab/rules/MigrationSnippets.java";
    Map<String, String> regions = new HashMap<>();
    REGION
        .matcher(Files.readString(ROOT.resolve(source)))
        .results()
        .forEach(region -> regions.put(region.group(1), plain(region.group(2))));

    List<MatchResult> blocks = BLOCK.matcher(page("migration.md")).results().toList();

    assertThat(blocks).hasSize(regions.size()).hasSizeGreaterThan(4);
    for (MatchResult block : blocks) {
      assertThat(block.group(1)).isEqualTo(source);
      assertThat(regions).containsEntry(block.group(2), plain(block.group(3)));
    }
  }

  private static String plain(String code) {
    return code.stripTrailing().stripIndent();
  }
}
