//! Lockers: boards that open locks and see doors.

pub mod modbus;
