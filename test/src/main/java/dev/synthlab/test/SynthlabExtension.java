package dev.synthlab.test;

import dev.synthlab.llm.LlmClient;
import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * An extension of JUnit Jupiter: gives each test method, and methods that run before each test, a
 * {@link FakeLlm} of its own, its {@link LlmClient} and its {@link ManualTimer} as parameters.
 * After each test it {@linkplain FakeLlm#close closes} the model, so that the test fails if a
 * request had no reply or a reply was not used.
 *
 * <pre>{@code
 * @ExtendWith(SynthlabExtension.class)
 * class SummaryTest {
 *   @Test
 *   void summarises(FakeLlm llm, LlmClient client) {
 *     llm.answers("short");
 *     assertEquals("short", new Summaries(client).of("a long text"));
 *   }
 * }
 * }</pre>
 */
public final class SynthlabExtension implements ParameterResolver, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(SynthlabExtension.class);

  /** The model of a test. JUnit would close the model itself once more, as all that it stores. */
  private record Model(FakeLlm llm) {}

  /** Creates the extension; JUnit does so. */
  public SynthlabExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return (type == FakeLlm.class || type == LlmClient.class || type == ManualTimer.class)
        && parameter.getDeclaringExecutable() instanceof Method
        && context.getTestMethod().isPresent();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    FakeLlm llm = model(context).orElseGet(FakeLlm::create);
    context.getStore(NAMESPACE).put(Model.class, new Model(llm));
    Class<?> type = parameter.getParameter().getType();
    if (type == LlmClient.class) {
      return llm.client();
    }
    return type == ManualTimer.class ? llm.timer() : llm;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Optional<FakeLlm> llm = model(context);
    if (llm.isEmpty()) {
      return;
    }
    Optional<Throwable> failure = context.getExecutionException();
    try {
      llm.get().close();
    } catch (AssertionError e) {
      if (failure.isEmpty()) {
        throw e;
      }
      // The test has failed already; this may be the reason.
      failure.get().addSuppressed(e);
    }
  }

  private static Optional<FakeLlm> model(ExtensionContext context) {
    return Optional.ofNullable(context.getStore(NAMESPACE).get(Model.class, Model.class))
        .map(Model::llm);
  }
}
