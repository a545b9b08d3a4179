package dev.synthlab.openai;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientAsync;
import com.openai.core.http.AsyncStreamResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Clients and asynchronous services of the library whose futures, when they are cancelled, cancel
 * their calls. Everything else is passed on.
 */
final class CancellingServices implements InvocationHandler {
  private static final String SERVICES = "com.openai.services.async.";

  private final Object service;

  private CancellingServices(Object service) {
    this.service = service;
  }

  static OpenAIClient of(OpenAIClient client) {
    return wrapped(OpenAIClient.class, client);
  }

  private static <T> T wrapped(Class<T> type, Object service) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, new CancellingServices(service)));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getName().equals("equals") && arguments != null && arguments.length == 1) {
      return proxy == arguments[0];
    }
    Cancellation cancellation = new Cancellation();
    Object result = cancellation.around(() -> called(method, arguments)).orThrow();
    if (result instanceof CompletableFuture<?> future) {
      future.whenComplete(
          (value, failure) -> {
            if (future.isCancelled()) {
              cancellation.cancel();
            }
          });
    }
    return result != null && isWrapped(method.getReturnType())
        ? wrapped(method.getReturnType(), result)
        : result;
  }

  private static boolean isWrapped(Class<?> type) {
    return type.isInterface()
        && !AsyncStreamResponse.class.isAssignableFrom(type)
        && (type.equals(OpenAIClient.class)
            || type.getName().startsWith(OpenAIClientAsync.class.getName())
            || type.getName().startsWith(SERVICES));
  }

  /** What a method returned or threw. */
  private record Outcome(@Nullable Object value, @Nullable Throwable failure) {
    @Nullable Object orThrow() throws Throwable {
      if (failure != null) {
        throw failure;
      }
      return value;
    }
  }

  private Outcome called(Method method, Object @Nullable [] arguments) {
    try {
      return new Outcome(method.invoke(service, arguments), null);
    } catch (InvocationTargetException e) {
      return new Outcome(null, e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the interfaces of the library are public", e);
    }
  }
}
