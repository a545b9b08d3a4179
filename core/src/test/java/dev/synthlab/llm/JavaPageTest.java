package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page on the library lists every method of the builder with its default. */
class JavaPageTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| (`[^|]*) \\| ([^|]*) \\|", Pattern.MULTILINE);

  private static Map<String, String> rows() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    String page = Files.readString(Path.of("../docs/java.md"));
    int from = page.indexOf("\n## Building a client\n");
    ROW.matcher(page.substring(from, page.indexOf("\n## ", from + 1)))
        .results()
        .forEach(
            row ->
                Stream.of(row.group(1).split(","))
                    .forEach(name -> rows.put(name.strip().replace("`", ""), row.group(2))));
    return rows;
  }

  @Test
  void listsEveryMethodOfTheBuilder() throws IOException {
    Set<String> methods =
        Stream.of(LlmClientBuilder.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .map(Method::getName)
            .filter(name -> !name.equals("build"))
            .collect(Collectors.toSet());

    assertThat(rows().keySet()).containsExactlyInAnyOrderElementsOf(methods);
  }

  @Test
  void namesTheDefaults() throws IOException {
    Settings.Llm llm = Settings.from(Environment.of(Map.of())).llm();
    Map<String, String> rows = rows();

    assertThat(rows)
        .containsEntry("model", "`" + llm.model() + "`")
        .containsEntry("embeddingModel", "`" + llm.embeddingModel() + "`")
        .containsEntry("imageModel", "`" + llm.imageModel() + "`")
        .containsEntry("timeout", llm.timeout().toSeconds() + " s")
        .containsEntry("deadline", llm.callDeadline().toSeconds() + " s")
        .containsEntry("maxAttempts", Integer.toString(llm.maxAttempts()))
        .containsEntry(
            "backoff",
            llm.backoffFirst().toSeconds() + " s, " + llm.backoffMax().toSeconds() + " s")
        .containsEntry("concurrency", Integer.toString(Settings.Limits.DEFAULT_CONCURRENCY));
    assertThat(List.of(rows.get("apiKey"), rows.get("keyName")))
        .containsExactly("none; OpenAI's server needs one", "`apiKey`");
  }
}
