package dev.synthlab.architecture.planted.unmarked;

interface Unmarked {}
