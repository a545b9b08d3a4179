package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import java.util.List;

/**
 * The pictures that a model has made of a prompt.
 *
 * @param images at least one
 * @param model the model that was asked
 * @param usage the tokens, where the model counts them
 * @param report how the call went
 */
public record Images(List<GeneratedImage> images, String model, Usage usage, CallReport report) {

  /** Keeps a copy of the list. */
  public Images {
    images = List.copyOf(images);
  }
}
