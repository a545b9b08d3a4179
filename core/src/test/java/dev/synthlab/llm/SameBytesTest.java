package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same requests from several processes. */
@Timeout(120)
class SameBytesTest {
  private static final int LAUNCHES = 4;

  @Test
  void areSentByEachProcess() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < LAUNCHES; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-Xshare:auto",
                  "-cp",
                  System.getProperty("java.class.path"),
                  SameBytes.class.getName())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    }

    List<List<String>> sent = new ArrayList<>();
    for (Process process : processes) {
      byte[] printed = process.getInputStream().readAllBytes();
      assertThat(process.waitFor()).isZero();
      sent.add(new String(printed, StandardCharsets.UTF_8).lines().toList());
    }

    assertThat(sent.getFirst()).hasSizeGreaterThan(15);
    assertThat(sent).allSatisfy(one -> assertThat(one).containsExactlyElementsOf(sent.getFirst()));
  }
}
