/** Stands for a library. */
package org.springframework.retry.annotation;
