package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.Fault;
import dev.synthlab.config.Secret;
import dev.synthlab.llm.FinishReason;
import dev.synthlab.llm.Problems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No secret gets into the results, whoever said it, and the lines stay valid. */
class ResultSecretsTest {
  private static final String CANARY = "bulk\"Canary/9\\Key=7ä";

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(BulkOptions.Format.class)
  void writesNoSecretToTheResults(BulkOptions.Format format) throws IOException {
    assertThat(Secret.of(CANARY).reveal()).isEqualTo(CANARY);
    String encoded = Base64.getEncoder().encodeToString(CANARY.getBytes(StandardCharsets.UTF_8));
    Bulk bulk = new Bulk(directory).input(Bulk.prompts(4));
    bulk.script.on("p0", request -> Script.answer("it is " + CANARY + " and " + encoded));
    bulk.script.on(
        "p1",
        request ->
            Script.answer("", FinishReason.STOP, Optional.of(Problems.refused("no " + CANARY))));
    bulk.script.fails("p2", Script.withStatus(Fault.Kind.BAD_REQUEST, 400, "bad " + CANARY));

    bulk.run(o -> o.format(format).system("you know " + CANARY));

    int head = format == BulkOptions.Format.CSV ? 1 : 0;
    assertThat(Files.readAllLines(bulk.out)).hasSize(4 + head);
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file);
        assertThat(text).as(file.toString()).doesNotContain("Canary", encoded);
      }
    }
  }
}
