package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.CallException;
import dev.synthlab.error.SynthlabException;
import dev.synthlab.external.ApiException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A test can make every exception of a call, an answer or a service. */
class ExceptionFactoriesTest {

  @ParameterizedTest
  @ValueSource(classes = {CallException.class, AnswerException.class, ApiException.class})
  void makesEveryKindOfException(Class<? extends SynthlabException> family) {
    Set<Class<?>> made =
        Stream.of(family.getDeclaredMethods())
            .filter(method -> Modifier.isStatic(method.getModifiers()))
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .map(Method::getReturnType)
            .filter(type -> !type.equals(family))
            .collect(Collectors.toSet());

    assertThat(made).isEqualTo(Set.copyOf(Arrays.asList(family.getPermittedSubclasses())));
  }

  @Test
  void keepsTheFactsThatATestGives() {
    CallException.RateLimited limited = CallException.rateLimited(Duration.ofSeconds(1));
    AnswerException.Truncated truncated = AnswerException.truncated("Half a");
    ApiException.Conflict conflict = ApiException.conflict("it exists");

    assertThat(limited.retryAfter()).contains(Duration.ofSeconds(1));
    assertThat(limited.status()).hasValue(429);
    assertThat(limited.report().fault()).contains(limited.fault());
    assertThat(CallException.streamInterrupted("so far").partial()).contains("so far");
    assertThat(CallException.cancelled().attempts()).isEmpty();
    assertThat(truncated.partial()).isEqualTo("Half a");
    assertThat(truncated.completion().truncated()).isTrue();
    assertThat(AnswerException.refused("I will not").partial()).isEqualTo("I will not");
    assertThat(conflict).hasMessage("it exists");
    assertThat(conflict.status()).hasValue(409);
  }
}
