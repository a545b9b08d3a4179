package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reader of lines. */
class LineReaderTest {
  @TempDir Path directory;

  @Test
  void readsEveryLineAndItsOffsetForAllLengths() throws IOException {
    Random random = new Random(1);
    List<String> written = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      int length = i % 40 == 0 ? random.nextInt(700_000) : random.nextInt(3_000);
      written.add("x".repeat(length));
      text.append(written.getLast()).append('\n');
    }
    Path file = directory.resolve("lines");
    Files.writeString(file, text);
    byte[] bytes = Files.readAllBytes(file);

    List<String> read = new ArrayList<>();
    try (LineReader lines = LineReader.ofInput(file)) {
      while (lines.next()) {
        String line =
            new String(
                lines.bytes(), lines.from(), lines.to() - lines.from(), StandardCharsets.UTF_8);
        read.add(line);
        assertThat(bytes[(int) lines.nextOffset() - 1]).isEqualTo((byte) '\n');
        assertThat(lines.nextOffset() - lines.offset()).isEqualTo(line.length() + 1);
      }
      assertThat(lines.next()).isFalse();
    }

    assertThat(read).isEqualTo(written);
  }

  @Test
  void skipsALineThatIsTooLongAndReadsTheNext() throws IOException {
    Path file = directory.resolve("lines");
    Files.writeString(file, "one\n" + "y".repeat(3_000_000) + "\nthree\n" + "z".repeat(2_000_000));

    try (LineReader lines = new LineReader(file, 1_000_000)) {
      assertThat(lines.next()).isTrue();
      assertThat(lines.next()).isTrue();
      assertThat(lines.tooLong()).isTrue();
      assertThat(lines.offset()).isEqualTo(4);
      assertThat(lines.nextOffset()).isEqualTo(3_000_005);
      assertThat(lines.next()).isTrue();
      assertThat(lines.tooLong()).isFalse();
      assertThat(lines.number()).isEqualTo(3);
      assertThat(new String(lines.bytes(), lines.from(), 5, StandardCharsets.UTF_8))
          .isEqualTo("three");
      assertThat(lines.next()).isTrue();
      assertThat(lines.tooLong()).isTrue();
      assertThat(lines.ended()).isFalse();
      assertThat(lines.next()).isFalse();
    }
  }
}
