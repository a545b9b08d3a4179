package dev.synthlab.examples;

import dev.synthlab.llm.GeneratedImage;
import dev.synthlab.llm.ImageRequest;
import dev.synthlab.llm.LlmClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Generates an image and writes it to a file. */
final class Picture {
  private Picture() {}

  static void run(LlmClient llm, PrintStream out) throws IOException {
    ImageRequest request = ImageRequest.of("A red fox in the snow").withSize("1024x1024");
    switch (llm.generateImage(request).images().getFirst()) {
      case GeneratedImage.Bytes image -> {
        Path file = Files.createTempFile("fox", ".png");
        Files.write(file, image.bytes());
        out.println(image + " in " + file);
      }
      case GeneratedImage.Url elsewhere -> out.println(elsewhere.address());
    }
  }

  public static void main(String[] args) throws IOException {
    run(LlmClient.get(), System.out);
  }
}
