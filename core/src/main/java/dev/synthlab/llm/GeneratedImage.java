package dev.synthlab.llm;

import java.net.URI;
import java.util.Optional;

/** A picture that a model has made. */
public sealed interface GeneratedImage {

  /**
   * The prompt as the model has rewritten it for itself.
   *
   * @return empty when it did not say
   */
  Optional<String> revisedPrompt();

  /**
   * The picture itself.
   *
   * @param bytes a file of that type; the caller's own, nothing else keeps it
   * @param mediaType for example {@code image/png}, seen in the bytes
   * @param revisedPrompt the prompt as the model has rewritten it
   */
  @SuppressWarnings("ArrayRecordComponent") // a copy of a picture would be megabytes
  record Bytes(byte[] bytes, String mediaType, Optional<String> revisedPrompt)
      implements GeneratedImage {
    @Override
    public String toString() {
      return mediaType + " of " + bytes.length + " bytes";
    }
  }

  /**
   * Where the server keeps the picture, for a while. Nothing is fetched from there.
   *
   * @param address of the picture; who knows it may see the picture
   * @param revisedPrompt the prompt as the model has rewritten it
   */
  record Url(URI address, Optional<String> revisedPrompt) implements GeneratedImage {
    @Override
    public String toString() {
      return "an image at " + address.getScheme() + "://" + address.getHost();
    }
  }
}
