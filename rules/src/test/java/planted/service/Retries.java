package planted.service;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import planted.infrastructure.BareClient;

/** Calls again what failed, in the ways that people write. */
final class Retries {
  private final BareClient client;

  Retries(BareClient client) {
    this.client = client;
  }

  String byFor(String question) throws InterruptedException {
    for (int attempt = 0; attempt < 3; attempt++) {
      try {
        return client.ask(question); // !no-own-retry
      } catch (IOException e) {
        Thread.sleep(100L << attempt); // !no-sleep
      }
    }
    throw new IllegalStateException("gave up");
  }

  String byFlag(String question) {
    boolean done = false;
    String answer = "";
    while (!done) {
      try {
        answer = client.ask(question); // !no-own-retry
        done = true;
      } catch (IOException e) {
        LockSupport.parkNanos(1000); // !no-sleep
      }
    }
    return answer;
  }

  Optional<String> byResult(String question) {
    Optional<String> answer = Optional.empty();
    int attempts = 0;
    do {
      try {
        answer = Optional.of(client.ask(question)); // !no-own-retry
      } catch (IOException e) {
        attempts++;
      }
    } while (answer.isEmpty() && attempts < 3);
    return answer;
  }

  String byCallingItself(String question, int left) throws IOException {
    try {
      return client.ask(question); // !no-own-retry
    } catch (IOException e) {
      if (left == 0) {
        throw e;
      }
      return byCallingItself(question, left - 1);
    }
  }

  <T> T ofWhatever(Callable<T> work) throws Exception {
    Exception last = new IllegalStateException("never tried");
    for (int i = 0; i < 5; i++) {
      try {
        return work.call(); // !no-own-retry
      } catch (Exception e) {
        last = e;
        TimeUnit.SECONDS.sleep(1); // !no-sleep
      }
    }
    throw last;
  }

  <T> T ofWhateverByCallingItself(Supplier<T> work, int left) {
    try {
      return work.get(); // !no-own-retry
    } catch (IllegalStateException e) {
      if (left == 0) {
        throw e;
      }
      return ofWhateverByCallingItself(work, left - 1);
    }
  }

  String byAnother(List<String> questions) {
    for (String question : questions) {
      try {
        return client.ask(question); // !no-own-retry
      } catch (IOException e) {
        continue;
      }
    }
    return "";
  }

  String throughAMethod(String question) {
    int left = 3;
    while (true) {
      try {
        return asked(question); // !no-own-retry
      } catch (IllegalStateException e) {
        if (--left == 0) {
          throw e;
        }
      }
    }
  }

  private String asked(String question) {
    try {
      return client.ask(question);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
