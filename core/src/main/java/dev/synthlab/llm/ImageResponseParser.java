package dev.synthlab.llm;

import dev.synthlab.call.CallReports;
import dev.synthlab.call.Spend;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Parses the response to one image request. */
final class ImageResponseParser
    implements ResponseJsonReader.Fields<ImageResponseParser.GeneratedImages> {
  private final ImageRequest.OutputKind wanted;
  private final List<GeneratedImage> images = new ArrayList<>();
  private Usage usage = Usage.UNKNOWN;

  ImageResponseParser(ImageRequest.OutputKind wanted) {
    this.wanted = wanted;
  }

  /** The images of one request, and their tokens. */
  record GeneratedImages(List<GeneratedImage> images, Usage usage)
      implements ResponseJsonReader.Counted {
    /** The tokens of an image have a price of their own, which the price list does not have. */
    @Override
    public Spend spend(ModelRegistry known, String request) {
      return CallReports.spend(usage.inputTokens(), usage.outputTokens(), 0, 0, Optional.empty());
    }

    @Override
    public String model() {
      return "";
    }
  }

  @Override
  public void field(String name, JsonParser in, JsonToken value) throws UnusableResponseException {
    switch (name) {
      case "data" -> items(in, value);
      case "usage" -> usage = JsonFields.usage(in, value, TokenLimit.ANY).orElse(usage);
      default -> in.skipChildren();
    }
  }

  @Override
  public GeneratedImages whole() throws UnusableResponseException {
    if (images.isEmpty()) {
      throw new UnusableResponseException("an answer without an image");
    }
    return new GeneratedImages(images, usage);
  }

  private void items(JsonParser in, JsonToken start) throws UnusableResponseException {
    if (start != JsonToken.START_ARRAY) {
      throw new UnusableResponseException("images that are no list");
    }
    while (in.nextToken() == JsonToken.START_OBJECT) {
      images.add(item(in));
    }
    if (in.currentToken() != JsonToken.END_ARRAY) {
      throw new UnusableResponseException("an image that is no object");
    }
  }

  private GeneratedImage item(JsonParser in) throws UnusableResponseException {
    byte[] bytes = {};
    Optional<String> address = Optional.empty();
    Optional<String> revised = Optional.empty();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "b64_json" -> bytes = bytes(in, value);
        case "url" -> address = JsonFields.string(in, value);
        case "revised_prompt" -> revised = JsonFields.string(in, value);
        default -> in.skipChildren();
      }
    }
    if (bytes.length > 0) {
      return new GeneratedImage.Bytes(bytes, mediaType(bytes), revised);
    }
    if (wanted == ImageRequest.OutputKind.BYTES || address.isEmpty()) {
      throw new UnusableResponseException(
          address.isPresent()
              ? "the address of an image where its bytes were asked for (use OutputKind.URL)"
              : "an image without bytes and address");
    }
    return new GeneratedImage.Url(uri(address.get()), revised);
  }

  private static byte[] bytes(JsonParser in, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      return in.getBinaryValue(Base64Variants.MIME_NO_LINEFEEDS.withPaddingAllowed());
    }
    in.skipChildren();
    return new byte[0];
  }

  private static URI uri(String address) throws UnusableResponseException {
    try {
      URI uri = URI.create(address);
      if ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // reported below, like an address that is not one of the web
    }
    throw new UnusableResponseException("an image at an address that cannot be read");
  }

  private static String mediaType(byte[] bytes) {
    if (begins(bytes, 0, 0x89, 'P', 'N', 'G')) {
      return "image/png";
    }
    if (begins(bytes, 0, 0xFF, 0xD8, 0xFF)) {
      return "image/jpeg";
    }
    if (begins(bytes, 0, 'R', 'I', 'F', 'F') && begins(bytes, 8, 'W', 'E', 'B', 'P')) {
      return "image/webp";
    }
    return begins(bytes, 0, 'G', 'I', 'F', '8') ? "image/gif" : "application/octet-stream";
  }

  private static boolean begins(byte[] bytes, int from, int... expected) {
    for (int i = 0; i < expected.length; i++) {
      if (bytes.length <= from + i || (bytes[from + i] & 0xFF) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
