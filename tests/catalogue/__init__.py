"""Tests of how studies are looked up."""
