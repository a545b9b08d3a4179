package dev.synthlab.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.openai.client.OpenAIClient;
import dev.synthlab.Synthlab;
import dev.synthlab.config.Settings;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page on the library has Java code that compiles, and that does what the page says. */
@Timeout(20)
class OpenAiPageTest {
  private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");

  private static String lines(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @Test
  void hasCodeThatCompiles() throws IOException {
    String page = Files.readString(Path.of("../docs/openai.md"));
    String snippets =
        Files.readString(Path.of("src/test/java/dev/synthlab/openai/PageSnippets.java"));
    List<MatchResult> blocks = JAVA.matcher(page).results().toList();

    assertThat(blocks).hasSize(4);
    assertThat(blocks)
        .allSatisfy(block -> assertThat(lines(snippets)).contains(lines(block.group(1)).strip()));
  }

  @Test
  void shows429AsTheLibraryDoes() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.error(429, "rate_limit_exceeded", "slow down", "retry-after", "900"));
        Lab lab = Lab.of(server)) {
      List<String> log = new ArrayList<>();

      PageSnippets.exceptions(lab.client, Calls.question(), log::add);

      assertThat(log).singleElement().asString().startsWith("refused after 1 attempts: 429");
    }
  }

  @Test
  void namesTheClientOfTheEmbeddedModel() {
    try (Synthlab lab = Synthlab.of(Settings.builder().embeddedModel().build())) {
      assertThatIllegalStateException()
          .isThrownBy(() -> SynthlabOpenAi.over(lab))
          .withMessageContaining("Synthlab.llm()");
    }
  }

  @Test
  void hasClientsOfOtherKeys() {
    String key = Lab.KEY.replace("C4rried", "T3nants");
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.chat("Oslo"));
        Lab lab = Lab.of(server)) {
      OpenAIClient tenant = PageSnippets.options(lab.synthlab, key);

      tenant.chat().completions().create(Calls.question());

      assertThat(server.seen().getFirst().header("authorization")).isEqualTo("Bearer " + key);
    }
  }
}
