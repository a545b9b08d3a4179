package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SanitizingOutputTest {
  @Test
  void escapesTerminalControlCharactersAndNothingElse() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    new SanitizingOutput(out).write("é,\u001B[31m\n".getBytes(StandardCharsets.UTF_8));

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("é,\\x1b[31m\n");
  }
}
