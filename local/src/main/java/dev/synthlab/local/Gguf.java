package dev.synthlab.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The metadata in the header of a model file.
 *
 * @param contextLength the context length of the model, 0 if the file has none
 * @param template the chat template, if there is one
 * @param bosId the token that begins a text, -1 if there is none
 * @param bos the text of that token
 * @param addBos whether the tokenizer puts it before every text
 * @param pools whether the file has a pooling type, as embedding models do
 */
record Gguf(
    int contextLength,
    Optional<String> template,
    int bosId,
    String bos,
    boolean addBos,
    boolean pools) {
  private static final int MAGIC = 0x46554747;
  // The header with a vocabulary of 260,000 entries is below 20 MB.
  private static final long HEAD = 256L << 20;

  static boolean isModel(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(4), "GGUF".getBytes(StandardCharsets.US_ASCII));
    }
  }

  static Gguf read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer head =
          channel
              .map(FileChannel.MapMode.READ_ONLY, 0, Math.min(channel.size(), HEAD))
              .order(ByteOrder.LITTLE_ENDIAN);
      if (head.remaining() < 24 || head.getInt() != MAGIC) {
        throw new IOException(file + " is not a GGUF file");
      }
      return new Reader(head).read();
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException(file + " has a broken GGUF head", e);
    }
  }

  /** Reads the keys and values of the header. */
  private static final class Reader {
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int MEAN = 1;

    private final ByteBuffer head;
    private int contextLength;
    private Optional<String> template = Optional.empty();
    private Optional<Boolean> addBos = Optional.empty();
    private String tokenizer = "";
    private int bosId = -1;
    private int tokensAt = -1;
    private int pooling;
    private boolean causal = true;

    Reader(ByteBuffer head) {
      this.head = head;
    }

    Gguf read() {
      head.position(16);
      long keys = head.getLong();
      for (long i = 0; i < keys; i++) {
        entry(text(), head.getInt());
      }
      // A sentencepiece tokenizer adds it unless the file says otherwise.
      return new Gguf(
          contextLength,
          template,
          bosId,
          bosText(),
          addBos.orElse(tokenizer.equals("llama")),
          pooling > 0 && (pooling != MEAN || !causal));
    }

    private void entry(String key, int type) {
      if (key.equals("tokenizer.chat_template") && type == STRING) {
        template = Optional.of(text());
      } else if (key.equals("tokenizer.ggml.model") && type == STRING) {
        tokenizer = text();
      } else if (key.equals("tokenizer.ggml.bos_token_id") && size(type) == 4) {
        bosId = head.getInt();
      } else if (key.endsWith(".context_length") && size(type) == 4) {
        contextLength = head.getInt();
      } else if (key.endsWith(".pooling_type") && size(type) == 4) {
        pooling = head.getInt();
      } else if (key.endsWith(".attention.causal") && size(type) == 1) {
        causal = head.get() != 0;
      } else if (key.equals("tokenizer.ggml.add_bos_token") && size(type) == 1) {
        addBos = Optional.of(head.get() != 0);
      } else {
        if (key.equals("tokenizer.ggml.tokens")) {
          tokensAt = head.position();
        }
        skip(type);
      }
    }

    private String bosText() {
      if (tokensAt < 0 || bosId < 0) {
        return "";
      }
      head.position(tokensAt + Integer.BYTES);
      long tokens = head.getLong();
      for (int i = 0; i < Math.min(bosId, tokens); i++) {
        skip(STRING);
      }
      return bosId < tokens ? text() : "";
    }

    private void skip(int type) {
      switch (type) {
        case STRING -> forward(head.getLong());
        case ARRAY -> {
          int of = head.getInt();
          long count = head.getLong();
          if (of == STRING || of == ARRAY) {
            for (long i = 0; i < count; i++) {
              skip(of);
            }
          } else {
            forward(Math.multiplyExact(count, (long) size(of)));
          }
        }
        default -> forward(size(type));
      }
    }

    private void forward(long bytes) {
      head.position(Math.toIntExact(Math.min(Integer.MAX_VALUE, head.position() + bytes)));
    }

    private String text() {
      byte[] bytes = new byte[(int) Math.min(head.getLong(), head.remaining())];
      head.get(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int size(int type) {
      return switch (type) {
        case 0, 1, 7 -> 1;
        case 2, 3 -> 2;
        case 4, 5, 6 -> 4;
        case 10, 11, 12 -> 8;
        default -> 0;
      };
    }
  }
}
