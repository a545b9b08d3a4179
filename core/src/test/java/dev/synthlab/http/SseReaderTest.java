package dev.synthlab.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {

  private static List<String> data(InputStream bytes) throws IOException {
    List<String> all = new ArrayList<>();
    SseReader reader = new SseReader(bytes);
    for (var event = reader.next(); event.isPresent(); event = reader.next()) {
      all.add(event.get().data());
    }
    return all;
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void takesEveryKindOfLineEnd(String end) throws IOException {
    String text = "data: a" + end + end + "data: b" + end + "data: c" + end + end;

    assertThat(data(bytes(text))).containsExactly("a", "b\nc");
  }

  @Test
  void passesOverCommentsIdsAndUnknownFields() throws IOException {
    String text = ": ping\n\nid: 7\nretry: 10\nevent: x\nfoo: bar\ndata:a\n\n:\n\n";

    assertThat(data(bytes(text))).containsExactly("a");
  }

  @Test
  void joinsCharactersThatAreSplitOverReads() throws IOException {
    byte[] all = "data: grüße 🎈\n\n".getBytes(StandardCharsets.UTF_8);
    InputStream oneByOne =
        new InputStream() {
          private int at;

          @Override
          public int read() {
            return at < all.length ? all[at++] & 0xff : -1;
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            int next = read();
            if (next < 0) {
              return -1;
            }
            into[offset] = (byte) next;
            return 1;
          }
        };

    assertThat(data(oneByOne)).containsExactly("grüße 🎈");
  }

  @Test
  void dropsALineThatTheEndCutOff() throws IOException {
    assertThat(data(bytes("data: a\n\ndata: b"))).containsExactly("a");
  }

  @Test
  void ignoresAByteOrderMark() throws IOException {
    assertThat(data(bytes("\uFEFFdata: a\n\n"))).containsExactly("a");
  }
}
