package dev.synthlab.llm;

import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.test.ScriptedServer.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.IInvokedMethod;
import org.testng.IInvokedMethodListener;
import org.testng.ITestResult;
import org.testng.SkipException;
import org.testng.TestNG;

/** The publisher of a client against the official tests of Reactive Streams. */
class PublisherRulesTest {
  private static final String REQUIRED = "required_";

  /** What TestNG runs; it makes an instance of its own. */
  public static final class Rules extends FlowPublisherVerification<StreamEvent> {
    private static final long MOST = 2_000;

    private final List<ClientFixture> open = new ArrayList<>();

    /** For TestNG. */
    public Rules() {
      super(new TestEnvironment(500, 50));
    }

    /** A stream of that many events, the last of which is the whole answer. */
    @Override
    public Flow.Publisher<StreamEvent> createFlowPublisher(long count) {
      long texts = Math.clamp(count - 1, 0, MOST);
      String end = finish(texts == 0 ? "length" : "stop");
      String[] data =
          Stream.of(Stream.generate(() -> delta("x")).limit(texts), Stream.of(end, "[DONE]"))
              .flatMap(part -> part)
              .toArray(String[]::new);
      Reply reply = events(data);
      ClientFixture rig = ClientFixture.of((request, number) -> reply).inRealTime();
      open.add(rig);
      return rig.client().publish("hi");
    }

    @Override
    public Flow.Publisher<StreamEvent> createFailedFlowPublisher() {
      return null; // a call is made at the first demand, so that none fails before it
    }

    @Override
    public long maxElementsFromPublisher() {
      return MOST;
    }

    /** Called after the last test. */
    @org.testng.annotations.AfterClass
    public void close() {
      open.forEach(ClientFixture::close);
    }
  }

  @Test
  void keepsTheRulesOfReactiveStreams() {
    List<String> passed = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    TestNG rules = new TestNG(false);
    rules.setTestClasses(new Class<?>[] {Rules.class});
    rules.setVerbose(0);
    rules.addListener(
        new IInvokedMethodListener() {
          @Override
          public void afterInvocation(IInvokedMethod method, ITestResult result) {
            if (method.isTestMethod()) {
              String name = method.getTestMethod().getMethodName();
              switch (result.getStatus()) {
                case ITestResult.SUCCESS -> passed.add(name);
                case ITestResult.FAILURE -> {
                  // It calls a rule that does not apply, or that it cannot test, a failure too.
                  if (!(result.getThrowable() instanceof SkipException)) {
                    failed.add(name + ": " + result.getThrowable());
                  }
                }
                default -> {}
              }
            }
          }
        });
    rules.run();

    assertThat(failed).isEmpty();
    assertThat(passed.stream().filter(name -> name.startsWith(REQUIRED))).hasSize(20);
  }
}
