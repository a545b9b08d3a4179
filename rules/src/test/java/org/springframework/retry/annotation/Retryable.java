package org.springframework.retry.annotation;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Stands for the annotation of that name; the planted service is checked without it. */
@Retention(RetentionPolicy.RUNTIME)
public @interface Retryable {}
