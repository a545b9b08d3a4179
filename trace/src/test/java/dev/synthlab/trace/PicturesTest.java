package dev.synthlab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.Environment;
import dev.synthlab.config.TraceSettings;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.Message;
import dev.synthlab.llm.Part;
import dev.synthlab.spans.TraceMasking;
import dev.synthlab.spans.Tracing;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which pictures a span shows. */
@Timeout(30)
class PicturesTest {
  private static final String LENGTH = "OPENINFERENCE_BASE64_IMAGE_MAX_LENGTH";

  @AfterEach
  void showAll() {
    PhoenixTracing.shutdown();
    Tracing.hide(TraceMasking.NONE);
  }

  private static String image(int characters) {
    String head = "data:image/png;base64,";
    return head + "PICTURE".repeat(characters).substring(0, characters - head.length());
  }

  private static String shown(Map<String, String> variables, String image) {
    try (ScriptedServer phoenix =
            ScriptedServer.start(
                (request, number) -> Replies.bytes(200, "application/x-protobuf", new byte[0]));
        Desk desk = new Desk(ScriptedServer.inTurn(Replies.chat("a cat")))) {
      Tracing.hide(TraceMasking.from(Environment.of(variables)));
      PhoenixTracing.setup(TraceSettings.to(phoenix.base().resolve("/")));
      desk.layer
          .llm()
          .ask(
              CompletionRequest.of(
                  List.of(Message.user("What is this?", new Part.Image(URI.create(image))))));
      PhoenixTracing.shutdown();
      return phoenix.seen().stream()
          .map(ScriptedServer.Seen::body)
          .collect(Collectors.joining("\n"));
    }
  }

  @Test
  void showsImagesUpToTheConfiguredLength() {
    assertThat(shown(Map.of(LENGTH, "100"), image(100)))
        .contains("PICTUREPICTURE")
        .doesNotContain("__REDACTED__");
  }

  @Test
  void hidesImagesAboveTheConfiguredLength() {
    assertThat(shown(Map.of(LENGTH, "100"), image(101)))
        .contains("__REDACTED__", "What is this?")
        .doesNotContain("PICTUREPICTURE");
  }

  @Test
  void hidesImagesAboveThirtyTwoThousandCharactersByDefault() {
    assertThat(shown(Map.of(), image(32_001))).doesNotContain("PICTUREPICTURE");
  }
}
