package planted.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;
import planted.infrastructure.BareClient;

/** Loops around calls that retry nothing. */
final class NoRetries {
  private final BareClient client;
  private volatile boolean open = true;

  NoRetries(BareClient client) {
    this.client = client;
  }

  List<String> skipping(List<String> questions) {
    List<String> answers = new ArrayList<>();
    int failed = 0;
    for (String question : questions) {
      try {
        answers.add(client.ask(question));
      } catch (IOException e) {
        failed++;
      }
    }
    answers.add(failed + " failed");
    return answers;
  }

  void working(BlockingQueue<String> questions) throws InterruptedException {
    while (open) {
      String question = questions.take();
      try {
        client.ask(question);
      } catch (IOException e) {
        open = questions.isEmpty();
      }
    }
  }

  int counting(String[] questions) {
    int answered = 0;
    for (int i = 0; i < questions.length; i++) {
      try {
        client.ask(questions[i]);
        answered++;
      } catch (IOException e) {
        answered--;
      }
    }
    return answered;
  }

  List<String> untilOneFails(List<String> questions) {
    List<String> answers = new ArrayList<>();
    try {
      for (String question : questions) {
        answers.add(client.ask(question));
      }
    } catch (IOException e) {
      answers.add("failed");
    }
    return answers;
  }

  int parsing(List<String> texts) {
    for (String text : texts) {
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        continue;
      }
    }
    return 0;
  }

  String upwards(Path place, Function<Path, String> read) {
    try {
      return read.apply(place);
    } catch (IllegalStateException e) {
      return upwards(place.resolve(".."), read);
    }
  }
}
