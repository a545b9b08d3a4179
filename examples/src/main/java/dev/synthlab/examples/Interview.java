package dev.synthlab.examples;

import dev.synthlab.examples.InterviewStudy.Answer;
import dev.synthlab.examples.InterviewStudy.Persona;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import tools.jackson.databind.json.JsonMapper;

/** The end of an interview. */
sealed interface Interview {
  /** The person answered. */
  record Held(Persona who, Answer answer) implements Interview {}

  /** The interview failed. */
  record Missed(Persona who, String reason) implements Interview {}

  /** Appends this as one line of JSON; many threads may do so at a time. */
  default void keep(Path file) {
    String line = JsonMapper.shared().writeValueAsString(this) + "\n";
    try { // in one write, so that lines do not mix
      Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
