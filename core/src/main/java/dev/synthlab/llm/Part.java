package dev.synthlab.llm;

import java.net.URI;
import java.util.Objects;

/** A piece of a message. */
public sealed interface Part {

  /**
   * Text.
   *
   * @param text any text
   */
  record Text(String text) implements Part {
    /** Refuses what is missing. */
    public Text {
      Objects.requireNonNull(text);
    }
  }

  /**
   * A picture.
   *
   * @param address {@code https:} or a {@code data:} address with the bytes in it
   */
  record Image(URI address) implements Part {
    /** Refuses what is missing. */
    public Image {
      Objects.requireNonNull(address);
    }
  }
}
