package dev.synthlab.llm;

import java.net.URI;
import java.util.Optional;

/** An image that a model generated: its bytes, or its URL. */
public sealed interface GeneratedImage {

  /**
   * The prompt as the model rewrote it.
   *
   * @return empty when the response does not have it
   */
  Optional<String> revisedPrompt();

  /**
   * The bytes of an image.
   *
   * @param bytes of the image file; they belong to the caller, nothing else keeps them
   * @param mediaType for example {@code image/png}, detected from the bytes
   * @param revisedPrompt the prompt as the model rewrote it
   */
  @SuppressWarnings("ArrayRecordComponent") // a copy of an image would be megabytes
  record Bytes(byte[] bytes, String mediaType, Optional<String> revisedPrompt)
      implements GeneratedImage {
    @Override
    public String toString() {
      return mediaType + " of " + bytes.length + " bytes";
    }
  }

  /**
   * The URL of an image, which is valid for a while. The library does not fetch it.
   *
   * @param address of the image; whoever has it can see the image
   * @param revisedPrompt the prompt as the model rewrote it
   */
  record Url(URI address, Optional<String> revisedPrompt) implements GeneratedImage {
    @Override
    public String toString() {
      return "an image at " + address.getScheme() + "://" + address.getHost();
    }
  }
}
