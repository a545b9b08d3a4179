package dev.synthlab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
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
  void acceptsEveryLineEnding(String end) throws IOException {
    String text = "data: a" + end + end + "data: b" + end + "data: c" + end + end;

    assertThat(data(bytes(text))).containsExactly("a", "b\nc");
  }

  @Test
  void ignoresCommentsIdsAndUnknownFields() throws IOException {
    String text = ": ping\n\nid: 7\nretry: 10\nevent: x\nfoo: bar\ndata:a\n\n:\n\n";

    assertThat(data(bytes(text))).containsExactly("a");
  }

  @Test
  void joinsCharactersSplitAcrossReads() throws IOException {
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

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void readsLinesThatDoNotFitIntoTheBuffer(String end) throws IOException {
    String text =
        "\uFEFFdata: grüße "
            + end
            + "data:  🎈"
            + end
            + end
            + "event:x"
            + end
            + "data:b"
            + end
            + end;

    for (int size = 1; size < 32; size++) {
      SseReader reader = new SseReader(new BodyBuffer(bytes(text), size));

      assertThat(reader.next()).contains(new SseReader.ServerEvent("message", "grüße \n 🎈"));
      assertThat(reader.next()).contains(new SseReader.ServerEvent("x", "b"));
      assertThat(reader.next()).isEmpty();
    }
  }

  @Test
  void dropsAnIncompleteLastLine() throws IOException {
    assertThat(data(bytes("data: a\n\ndata: b"))).containsExactly("a");
  }

  @Test
  void ignoresAByteOrderMark() throws IOException {
    assertThat(data(bytes("\uFEFFdata: a\n\n"))).containsExactly("a");
  }

  @Test
  void appliesAnEventNameToOneEventOnly() throws IOException {
    SseReader reader = new SseReader(bytes("event: x\n\nevent:ping\ndata: a\n\ndata: b\n\n"));

    assertThat(reader.next()).contains(new SseReader.ServerEvent("ping", "a"));
    assertThat(reader.next()).contains(new SseReader.ServerEvent("message", "b"));
    assertThat(reader.next()).isEmpty();
  }

  @Test
  void removesOneSpaceAfterTheColonAndNoOtherCharacter() throws IOException {
    assertThat(data(bytes("data:  a\n\ndata: \uFEFFb\n\n"))).containsExactly(" a", "\uFEFFb");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data\n\n",
        "data:\n\n",
        "data: \n\n",
        "data:\ndata: \n\n",
        "data:\r\n\r\n",
        "event: ping\ndata:\n\n",
        "event: ping\n\n",
        ": ping\n\n",
        "\n\n\r\r"
      })
  void skipsEventsWithoutData(String empty) throws IOException {
    assertThat(data(bytes(empty + "data: a\n\n" + empty + "data: b\n\n" + empty)))
        .containsExactly("a", "b");
  }

  @Test
  void ignoresTheNameOfAnEmptyEvent() throws IOException {
    SseReader reader = new SseReader(bytes("event: ping\ndata:\n\nevent:\ndata: a\n\n"));

    assertThat(reader.next()).contains(new SseReader.ServerEvent("message", "a"));
  }

  @Test
  void readsTheFieldsOfAnEventInAnyOrder() throws IOException {
    SseReader reader = new SseReader(bytes("data: a\nid: 1\ndata:b\nretry: 3\nevent: x\n\n"));

    assertThat(reader.next()).contains(new SseReader.ServerEvent("x", "a\nb"));
  }

  @Test
  void returnsAnEventThatLacksItsFinalEmptyLine() throws IOException {
    assertThat(data(bytes("data: a\n"))).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\ndata: "})
  void refusesAnEventThatIsTooLargeInOneLineOrInMany(String between) {
    String piece = "x".repeat(1024 * 1024);
    InputStream endless =
        new SequenceInputStream(
            bytes("data: "),
            new SequenceInputStream(
                Collections.enumeration(
                    IntStream.range(0, 17).mapToObj(i -> bytes(piece + between)).toList())));

    assertThatExceptionOfType(BodyReader.TooLargeException.class).isThrownBy(() -> data(endless));
  }
}
