// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// One registries.conf file as it was read, with its parts that a pull does not need: see
/// <see cref="RegistriesConfReview"/>.
/// </summary>
/// <param name="Path">As the loader opened it; not safe to print.</param>
/// <param name="Text">The file's text.</param>
/// <param name="Root">The text as a tree.</param>
internal sealed record RegistriesConfDocument(string Path, string Text, TomlMap Root);
