package dev.synthlab.examples;

import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Message;
import dev.synthlab.llm.Part;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import javax.imageio.ImageIO;

/** Sends an image with a prompt. */
final class Vision {
  private Vision() {}

  static void run(LlmClient llm, PrintStream out) throws IOException {
    BufferedImage red = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) {
      red.setRGB(i % 64, i / 64, 0xff0000);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(red, "png", png);

    Part.Image image = Part.Image.of(png.toByteArray(), "image/png");
    out.println(
        llm.complete(CompletionRequest.of(List.of(Message.user("Which colour is this?", image)))));
  }

  public static void main(String[] args) throws IOException {
    run(LlmClient.get(), System.out);
  }
}
