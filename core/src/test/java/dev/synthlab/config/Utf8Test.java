package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The door of every text. */
class Utf8Test {
  private static String text(byte[] bytes) {
    return Utf8.text(bytes, IllegalStateException::new);
  }

  private static byte[] streamed(byte[] bytes, int piece) throws IOException {
    InputStream dripping =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] into, int from, int length) {
            return super.read(into, from, Math.min(length, piece));
          }
        };
    return Utf8.checked(dripping, IllegalStateException::new).readAllBytes();
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-16, is UTF-16; save it as UTF-8",
    "UTF-16LE, is UTF-16; save it as UTF-8",
    "UTF-16BE, is UTF-16; save it as UTF-8",
    "windows-1252, is not UTF-8 (line 3); save it as UTF-8"
  })
  void reportsTheEncodingOfTextThatIsNotUtf8(String charset, String sentence) {
    byte[] bytes = "{\"prompt\": 1}\r\n\r\n{\"prompt\": \"é\"}".getBytes(Charset.forName(charset));

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> text(bytes))
        .withMessage(sentence);
    for (int piece : new int[] {1, 7, 8192}) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> streamed(bytes, piece))
          .withMessage(sentence);
    }
  }

  @Test
  void detectsUtf16OfOtherAlphabetsByLineEndsAndCommas() {
    byte[] bytes = "名前,評価\r\n".getBytes(StandardCharsets.UTF_16LE);

    assertThat(Utf8.isUtf16(bytes)).isTrue();
    assertThat(Utf8.isUtf16("名前,評価\r\n\u0000".getBytes(StandardCharsets.UTF_8))).isFalse();
    assertThat(Utf8.isUtf16(new byte[0])).isFalse();
  }

  @Test
  void removesTheByteOrderMark() {
    assertThat(text("\uFEFFé😀".getBytes(StandardCharsets.UTF_8))).isEqualTo("é😀");
  }

  @Test
  void acceptsExactlyWhatJavaDecodes() throws IOException {
    Random random = new Random(20261130);
    byte[] signs = "aé中😀\n\uFFFF\uD7FF\uE000".getBytes(StandardCharsets.UTF_8);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(24)];
      int start = random.nextInt(signs.length);
      for (int at = 0; at < bytes.length; at++) {
        boolean other = random.nextInt(30) == 0;
        bytes[at] = other ? (byte) (random.nextInt(255) + 1) : signs[(start + at) % signs.length];
      }

      boolean taken = taken(bytes, 1 + random.nextInt(9));

      assertThat(taken)
          .as(() -> new String(bytes, StandardCharsets.ISO_8859_1))
          .isEqualTo(decodes(bytes));
      refused += taken ? 0 : 1;
    }
    assertThat(refused).isBetween(1_000, 19_000);
  }

  private static boolean taken(byte[] bytes, int piece) throws IOException {
    try {
      assertThat(streamed(bytes, piece)).isEqualTo(bytes);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private static boolean decodes(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
